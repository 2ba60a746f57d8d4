package io.airbox.power.webhook;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.alarm.AlarmDocuments;
import io.airbox.power.alarm.AlarmEvent;
import io.airbox.power.outbox.Backoff;
import io.airbox.power.outbox.Outbox;
import io.airbox.power.outbox.OutboxRecord;
import io.airbox.power.outbox.Priority;
import io.airbox.power.outbox.Taken;
import io.airbox.power.storage.DurableFile;
import io.airbox.power.tls.Authorities;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Posts alarms to a web address, one after the other as they happened, as long as it is open. What
 * it is given is on the disk before it says so, and is posted again until the address answers with
 * a status of 200 to 299. Nothing else is ever spoken to: no redirect is followed, no proxy asked.
 */
public final class Webhook implements AutoCloseable {
  /** When the request was signed, in seconds since 1970. */
  public static final String TIMESTAMP = "AirBox-Timestamp";

  /**
   * {@code sha256=} and in hexadecimal digits the HMAC-SHA256, by the secret, of timestamp, a full
   * stop and body.
   */
  public static final String SIGNATURE = "AirBox-Signature";

  /** From the connecting to the end of the answer. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final long MUST_ARRIVE_BYTES = 4L << 20;
  private static final long NEWEST_BYTES = 1L << 16;
  private static final String HMAC = "HmacSHA256";
  private static final int OK = 200;
  private static final int REDIRECTS = 300;
  private static final int CLIENT_ERRORS = 400;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final WebhookSettings settings;
  private final Outbox outbox;
  private final InstantSource clock;
  private final Backoff backoff;
  private final Duration patience;
  private final Semaphore woken = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;
  private volatile String reason = "";
  private final AtomicLong sent = new AtomicLong();
  private volatile Optional<Instant> lastSent = Optional.empty();
  private @Nullable HttpClient client;
  private byte[] trusted = {};

  private Webhook(
      WebhookSettings settings,
      Outbox outbox,
      InstantSource clock,
      Backoff backoff,
      Duration patience) {
    this.settings = settings;
    this.outbox = outbox;
    this.clock = clock;
    this.backoff = backoff;
    this.patience = patience;
    thread = new Thread(this::run, "airbox-webhook");
    thread.setDaemon(true);
  }

  /**
   * Opens it and posts what waits.
   *
   * @param folder for what waits; one process at a time
   * @throws IOException the folder cannot be used; nothing was lost
   */
  public static Webhook open(WebhookSettings settings, Path folder, InstantSource clock)
      throws IOException {
    return open(settings, folder, clock, new SecureRandom(), PATIENCE);
  }

  static Webhook open(
      WebhookSettings settings,
      Path folder,
      InstantSource clock,
      RandomGenerator random,
      Duration patience)
      throws IOException {
    DurableFile.createFolder(folder);
    Webhook webhook =
        new Webhook(
            settings,
            Outbox.open(folder, MUST_ARRIVE_BYTES, NEWEST_BYTES),
            clock,
            new Backoff(random),
            patience);
    webhook.outbox.onAdd(webhook.woken::release);
    webhook.thread.start();
    return webhook;
  }

  /**
   * Takes an alarm's event over; it is on the disk when this returns, and its id may be settled.
   *
   * @throws IOException give it again later; again does no harm
   */
  public void alarm(AlarmEvent event) throws IOException {
    outbox.add(
        new OutboxRecord(
            event.id(),
            Priority.MUST_ARRIVE,
            "alarm",
            event.at(),
            JSON.writeValueAsBytes(AlarmDocuments.of(event))));
  }

  /** How it does. */
  public WebhookState state() {
    return new WebhookState(settings.place(), reason, sent.get(), lastSent, outbox.state());
  }

  private void run() {
    while (!closed) {
      try {
        List<Taken> next = outbox.take(1);
        if (next.isEmpty()) {
          woken.acquire();
          woken.drainPermits();
        } else if (post(next.get(0))) {
          outbox.done(next);
          sent.incrementAndGet();
          lastSent = Optional.of(clock.instant());
          reason = "";
          backoff.reset();
        } else {
          outbox.giveBack();
          pause(backoff.next());
        }
      } catch (InterruptedException e) {
        // closing
      }
    }
  }

  private void pause(Duration length) throws InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    while (!closed && System.nanoTime() - end < 0) {
      // an alarm that is added meanwhile has no hurry either
      woken.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
  }

  /** Whether it was taken; if not, the reason says why. */
  private boolean post(Taken record) throws InterruptedException {
    try {
      HttpRequest request = request(record);
      CompletableFuture<HttpResponse<Void>> answer =
          client().sendAsync(request, BodyHandlers.discarding());
      int status;
      try {
        status = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      } finally {
        answer.cancel(true);
      }
      if (status >= OK && status < REDIRECTS) {
        return true;
      }
      reason =
          settings.place()
              + " answered "
              + status
              + (status >= REDIRECTS && status < CLIENT_ERRORS
                  ? "; redirects are not followed"
                  : "");
    } catch (TimeoutException e) {
      reason = settings.place() + " has not answered within " + patience.toMillis() + " ms";
    } catch (ExecutionException e) {
      reason = settings.place() + ": " + root(e);
    } catch (IOException e) {
      reason = "the webhook's files: " + e.getMessage();
    } catch (GeneralSecurityException e) {
      reason = "TLS towards the webhook: " + e.getMessage();
    } catch (RuntimeException e) {
      reason = "internal error: " + e.getClass().getSimpleName(); // its message may tell the path
    }
    return false;
  }

  private static String root(ExecutionException e) {
    Throwable root = e;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String name = root.getClass().getSimpleName();
    return switch (name) {
      case "UnresolvedAddressException" -> "no address is known for this name";
      case "ClosedChannelException" -> "the connection was refused or cut";
      default -> root.getMessage() == null ? name : root.getMessage();
    };
  }

  private HttpRequest request(Taken record) throws IOException, GeneralSecurityException {
    ObjectNode document = (ObjectNode) JSON.readTree(record.content().content());
    document.put("site", settings.site()).put("box", settings.box()).put("late", record.late());
    byte[] body = JSON.writeValueAsBytes(document);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.url())
            .header("Content-Type", "application/json")
            .header("User-Agent", settings.software())
            .POST(BodyPublishers.ofByteArray(body));
    if (settings.secretFile().isPresent()) {
      String at = Long.toString(clock.instant().getEpochSecond());
      request.header(TIMESTAMP, at);
      request.header(SIGNATURE, "sha256=" + signature(settings.secretFile().get(), at, body));
    }
    return request.build();
  }

  private static String signature(Path file, String at, byte[] body)
      throws IOException, GeneralSecurityException {
    String secret =
        Files.readString(file, StandardCharsets.UTF_8).lines().findFirst().orElse("").strip();
    if (secret.isEmpty()) {
      throw new IOException(file + " has no secret in its first line");
    }
    Mac mac = Mac.getInstance(HMAC);
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), HMAC));
    mac.update((at + ".").getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(mac.doFinal(body));
  }

  /** Another one when the authorities' file has changed. */
  private HttpClient client() throws IOException, GeneralSecurityException {
    byte[] now =
        settings.authority().isPresent()
            ? Files.readAllBytes(settings.authority().get())
            : new byte[0];
    HttpClient known = client;
    if (known != null && Arrays.equals(now, trusted)) {
      return known;
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, Authorities.trust(settings.authority()), null);
    HttpClient made =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(patience)
            .sslContext(context)
            .build();
    client = made;
    trusted = now;
    return made;
  }

  /** Ends within a few seconds; what waits is there at the next start. */
  @Override
  public void close() throws IOException {
    closed = true;
    thread.interrupt();
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    outbox.close();
  }
}
