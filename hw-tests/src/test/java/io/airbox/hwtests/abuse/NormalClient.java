package io.airbox.hwtests.abuse;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who makes pictures all the while: asks for one, waits for it, fetches it, looks whether
 * it is one, rests and asks for the next. Each has to come, and none may take longer than a loaded
 * machine explains.
 */
final class NormalClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private final String name;
  private final URI box;
  private final HttpClient http;
  private final @Nullable String key;
  private final Duration rest;
  private final LongAdder pictures = new LongAdder();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final CountDownLatch leaving = new CountDownLatch(1);
  private final Thread thread;

  /**
   * Begins to make pictures.
   *
   * @param key to present, null for a guest
   * @param rest between a picture and the next
   */
  NormalClient(String name, URI box, HttpClient http, @Nullable String key, Duration rest) {
    this.name = name;
    this.box = box;
    this.http = http;
    this.key = key;
    this.rest = rest;
    this.thread = new Thread(this::work, "client-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** How many pictures have come. */
  long pictures() {
    return pictures.sum();
  }

  /** Fails when a picture did not come. */
  void check() {
    Throwable cause = failure.get();
    if (cause != null) {
      throw new AssertionError(name + ", after " + pictures() + " pictures: " + cause, cause);
    }
  }

  private void work() {
    try {
      do {
        picture(pictures.intValue());
        pictures.increment();
      } while (!leaving.await(rest.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException | AssertionError e) {
      failure.set(e);
    }
  }

  private void picture(int seed) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    JsonObject wanted =
        new JsonObject().put("prompt", "a red apple").put("seed", seed).put("steps", 1);
    JsonObject job = submitted(wanted, end);
    String place = "/api/v1/jobs/" + job.getString("id");
    while (!"completed".equals(job.getString("status"))) {
      String status = job.getString("status");
      if (!"queued".equals(status) && !"running".equals(status)) {
        throw new AssertionError("a picture was not made: " + job);
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("a picture took longer than " + PATIENCE + ": " + job);
      }
      TimeUnit.MILLISECONDS.sleep(50);
      job = json(request(place), 200);
    }
    String file = "/api/v1/pictures/" + job.getString("id") + "-0.png";
    HttpResponse<byte[]> reply = http.send(request(file).build(), BodyHandlers.ofByteArray());
    if (reply.statusCode() != 200 || !Arrays.equals(Arrays.copyOf(reply.body(), 8), PNG)) {
      throw new AssertionError(file + " is no picture: HTTP " + reply.statusCode());
    }
  }

  /** Guests have a part of the queue together; where others fill it, one tries again. */
  private JsonObject submitted(JsonObject wanted, long end)
      throws IOException, InterruptedException {
    HttpRequest request =
        request("/api/v1/jobs").POST(HttpRequest.BodyPublishers.ofString(wanted.encode())).build();
    HttpResponse<String> reply = http.send(request, BodyHandlers.ofString());
    while (reply.statusCode() == 429
        && "QUEUE_FULL".equals(new JsonObject(reply.body()).getString("code"))
        && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(500);
      reply = http.send(request, BodyHandlers.ofString());
    }
    return json(reply, 202);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(box.resolve(path)).timeout(PATIENCE);
    return key == null ? request : request.header("Authorization", "Bearer " + key);
  }

  private JsonObject json(HttpRequest.Builder request, int status)
      throws IOException, InterruptedException {
    return json(http.send(request.build(), BodyHandlers.ofString()), status);
  }

  private static JsonObject json(HttpResponse<String> reply, int status) {
    if (reply.statusCode() != status) {
      throw new AssertionError(
          reply.request().method()
              + " "
              + reply.uri()
              + ": HTTP "
              + reply.statusCode()
              + " "
              + reply.body());
    }
    return new JsonObject(reply.body());
  }

  /** Lets the last picture come, then leaves. */
  @Override
  public void close() {
    leaving.countDown();
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
