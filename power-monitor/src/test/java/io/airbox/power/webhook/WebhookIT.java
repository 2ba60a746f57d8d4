package io.airbox.power.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.airbox.power.Unit;
import io.airbox.power.alarm.Alarm;
import io.airbox.power.alarm.AlarmEvent;
import io.airbox.power.alarm.Severity;
import io.airbox.power.outbox.OutboxFullException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a web server of the JDK, and against sockets that misbehave. */
@Timeout(120)
class WebhookIT {
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String PASSWORD = "of-this-test";
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  /** Each wait is the least, a tenth of a second. */
  private static final RandomGenerator NO_JITTER = () -> 0;

  @TempDir Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void end() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private <T extends AutoCloseable> T opened(T each) {
    open.add(each);
    return each;
  }

  static WebhookSettings settings(URI url) {
    return new WebhookSettings(
        url, Optional.empty(), Optional.empty(), "lab", "one", "airbox/0.1.0");
  }

  private Webhook webhook(URI url) throws IOException {
    return webhook(settings(url), PATIENCE);
  }

  private Webhook webhook(WebhookSettings settings, Duration patience) throws IOException {
    return opened(
        Webhook.open(
            settings, folder.resolve("data"), InstantSource.fixed(NOW), NO_JITTER, patience));
  }

  static AlarmEvent event(int number) {
    Alarm alarm =
        new Alarm(
            "heat.hot",
            "o" + number,
            Severity.WARNING,
            NOW,
            "the chip has 86.0 °C",
            OptionalDouble.of(86),
            Unit.CELSIUS,
            "java (pid 1)");
    return new AlarmEvent(alarm, true, NOW, "the chip has 86.0 °C", OptionalDouble.of(86));
  }

  private static List<String> ids(List<Receiver.Request> requests) {
    return requests.stream().map(each -> each.json().path("id").asText()).toList();
  }

  @Test
  void postsAnAlarmAsJsonInOrderAndOnce() throws Exception {
    Receiver receiver = opened(Receiver.start());
    Webhook webhook = webhook(receiver.uri("/hook?token=s3cret"));
    webhook.alarm(event(1));
    webhook.alarm(event(1));
    webhook.alarm(event(2));

    await().atMost(LONG).until(() -> webhook.state().sent() >= 2);
    assertThat(ids(receiver.requests())).containsExactly("o1-raised", "o2-raised");
    Receiver.Request first = receiver.requests().get(0);
    assertThat(first.method()).isEqualTo("POST");
    assertThat(first.path()).isEqualTo("/hook?token=s3cret");
    assertThat(first.headers())
        .containsEntry("content-type", "application/json")
        .containsEntry("user-agent", "airbox/0.1.0")
        .doesNotContainKey("airbox-signature");
    assertThat(first.body())
        .isEqualTo(
            "{\"id\":\"o1-raised\",\"kind\":\"alarm\",\"event\":\"raised\",\"at\":1795435200000,"
                + "\"clock_set\":true,\"alarm\":\"heat.hot\",\"occurrence\":\"o1\","
                + "\"severity\":\"warning\",\"raised_at\":1795435200000,"
                + "\"reason\":\"the chip has 86.0 °C\",\"unit\":\"celsius\","
                + "\"process\":\"java (pid 1)\",\"value\":86.0,\"site\":\"lab\",\"box\":\"one\",\"late\":false}");
    WebhookState state = webhook.state();
    assertThat(state.failing()).isFalse();
    assertThat(state.outbox().mustArrive()).isZero();
    assertThat(state.lastSent()).contains(NOW);
  }

  @Test
  void signsWithTheSecretOfTheFile() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "correct horse\nsecond line\n");
    Receiver receiver = opened(Receiver.start());
    Webhook webhook =
        webhook(
            new WebhookSettings(
                receiver.uri("/"), Optional.of(secret), Optional.empty(), "lab", "one", "airbox"),
            PATIENCE);
    webhook.alarm(event(1));

    await().atMost(LONG).until(() -> webhook.state().sent() == 1);
    Receiver.Request request = receiver.requests().get(0);
    String at = request.headers().get("airbox-timestamp");
    assertThat(at).isEqualTo("1795435200");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec("correct horse".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] hash = mac.doFinal((at + "." + request.body()).getBytes(StandardCharsets.UTF_8));
    assertThat(request.headers().get("airbox-signature"))
        .isEqualTo("sha256=" + HexFormat.of().formatHex(hash));

    Files.writeString(secret, "\n");
    webhook.alarm(event(2));
    await().atMost(LONG).until(() -> webhook.state().failing());
    assertThat(webhook.state().reason()).contains("has no secret in its first line");
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void anAddressThatIsAbsentFailsAndThenRecoversLosesNothing() throws Exception {
    Receiver absent = Receiver.start();
    int port = absent.uri("/").getPort();
    absent.close();
    Webhook webhook = webhook(URI.create("http://127.0.0.1:" + port + "/s3cret"));
    for (int i = 0; i < 50; i++) {
      webhook.alarm(event(i));
    }
    await().atMost(LONG).until(() -> webhook.state().failing());
    assertThat(webhook.state().reason())
        .startsWith("http://127.0.0.1:" + port)
        .doesNotContain("s3cret");
    assertThat(webhook.state().outbox().mustArrive()).isEqualTo(50);

    Receiver receiver = opened(Receiver.start(port));
    receiver.answers(500, Map.of());
    await().atMost(LONG).until(() -> webhook.state().reason().contains("answered 500"));
    assertThat(webhook.state().outbox().mustArrive()).isEqualTo(50);

    receiver.answers(200, Map.of());
    await().atMost(LONG).until(() -> webhook.state().outbox().mustArrive() == 0);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add("o" + i + "-raised");
    }
    assertThat(ids(receiver.taken())).containsExactlyElementsOf(all);
    assertThat(receiver.taken().get(0).json().path("late").asBoolean()).isTrue();
    assertThat(webhook.state().failing()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308})
  void aRedirectIsNotFollowed(int status) throws Exception {
    Receiver elsewhere = opened(Receiver.start());
    Receiver receiver = opened(Receiver.start());
    receiver.answers(status, Map.of("Location", elsewhere.uri("/").toString()));
    Webhook webhook = webhook(receiver.uri("/"));
    webhook.alarm(event(1));

    await().atMost(LONG).until(() -> receiver.requests().size() >= 2);
    assertThat(webhook.state().reason())
        .endsWith("answered " + status + "; redirects are not followed");
    assertThat(elsewhere.requests()).isEmpty();
    assertThat(webhook.state().outbox().mustArrive()).isEqualTo(1);
  }

  /** A socket that accepts and says this, again and again while that is not empty. */
  private ServerSocket odd(String greeting, boolean again, List<Socket> held) throws IOException {
    ServerSocket socket = opened(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread accepting =
        new Thread(
            () -> {
              while (!socket.isClosed()) {
                try {
                  Socket each = socket.accept();
                  held.add(each);
                  OutputStream out = each.getOutputStream();
                  do {
                    out.write(greeting.getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                  } while (again);
                } catch (IOException e) {
                  // the peer went, or the test is over
                }
              }
            });
    accepting.setDaemon(true);
    accepting.start();
    return socket;
  }

  @Test
  void oneThatNeverAnswersIsLeftAndTriedAgain() throws Exception {
    List<Socket> held = new CopyOnWriteArrayList<>();
    ServerSocket silent = odd("", false, held);
    Webhook webhook =
        webhook(
            settings(URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/")),
            Duration.ofMillis(200));
    webhook.alarm(event(1));

    await().atMost(LONG).until(() -> held.size() >= 3);
    assertThat(webhook.state().reason()).endsWith("has not answered within 200 ms");
    assertThat(webhook.state().outbox().mustArrive()).isEqualTo(1);
    // the connection before is not kept
    await().atMost(LONG).until(() -> held.get(0).getInputStream().readAllBytes().length > 0);
  }

  @Test
  void anAnswerWithoutAnEndIsLeft() throws Exception {
    List<Socket> held = new CopyOnWriteArrayList<>();
    ServerSocket endless =
        odd("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\n", true, held);
    Webhook webhook =
        webhook(
            settings(URI.create("http://127.0.0.1:" + endless.getLocalPort() + "/")),
            Duration.ofMillis(300));
    webhook.alarm(event(1));

    await().atMost(LONG).until(() -> held.size() >= 2);
    assertThat(webhook.state().reason()).endsWith("has not answered within 300 ms");
  }

  @Test
  void oneThatSpeaksNoHttpIsTold() throws Exception {
    ServerSocket other = odd("220 mail.lan ESMTP\r\n", false, new CopyOnWriteArrayList<>());
    Webhook webhook = webhook(URI.create("http://127.0.0.1:" + other.getLocalPort() + "/"));
    webhook.alarm(event(1));

    await().atMost(LONG).until(() -> webhook.state().failing());
    assertThat(webhook.state().sent()).isZero();
  }

  @Test
  void aNameWithoutAnAddressIsTold() throws Exception {
    Webhook webhook = webhook(URI.create("http://no-such-receiver.invalid/"));
    webhook.alarm(event(1));

    await().atMost(LONG).until(() -> webhook.state().reason().contains("no address is known"));
  }

  @Test
  void certificatesAreChecked() throws Exception {
    Path own = identity("own");
    Path other = identity("other");
    Receiver receiver = opened(Receiver.secure(own.resolve("store"), PASSWORD));
    Path authority = folder.resolve("ca.pem");
    Files.copy(other.resolve("certificate"), authority);
    Webhook webhook =
        webhook(
            new WebhookSettings(
                receiver.uri("/"),
                Optional.empty(),
                Optional.of(authority),
                "lab",
                "one",
                "airbox"),
            PATIENCE);
    webhook.alarm(event(1));
    await().atMost(LONG).until(() -> webhook.state().reason().contains("certification path"));

    Files.writeString(authority, "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n");
    await().atMost(LONG).until(() -> webhook.state().reason().contains("ca.pem holds no"));
    assertThat(receiver.requests()).isEmpty();

    Files.copy(own.resolve("certificate"), authority, StandardCopyOption.REPLACE_EXISTING);
    await().atMost(LONG).until(() -> webhook.state().sent() == 1);
    assertThat(ids(receiver.taken())).containsExactly("o1-raised");
  }

  /** A key store and its own certificate for the loopback. */
  private Path identity(String name) throws Exception {
    Path made = Files.createDirectory(folder.resolve(name));
    String store = made.resolve("store").toString();
    keytool(
        List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=ip:127.0.0.1"),
        store);
    keytool(List.of("-exportcert", "-rfc", "-file", made.resolve("certificate").toString()), store);
    return made;
  }

  private static void keytool(List<String> command, String store) throws Exception {
    List<String> whole = new ArrayList<>();
    whole.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    whole.addAll(command);
    whole.addAll(List.of("-alias", "box", "-keystore", store, "-storepass", PASSWORD));
    Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  void whatDoesNotFitIsRefusedAndStaysWithWhoeverGaveIt() throws Exception {
    Receiver receiver = opened(Receiver.start());
    receiver.answers(503, Map.of());
    Webhook webhook = webhook(receiver.uri("/"));
    assertThatThrownBy(
            () -> {
              for (int i = 0; true; i++) {
                webhook.alarm(large(i));
              }
            })
        .isInstanceOf(OutboxFullException.class);
    assertThat(webhook.state().outbox().bytes()).isLessThanOrEqualTo(4L << 20);
    assertThat(webhook.state().outbox().refused()).isEqualTo(1);
  }

  private static AlarmEvent large(int number) {
    AlarmEvent event = event(number);
    return new AlarmEvent(
        event.alarm(), true, NOW, "because ".repeat(20_000), OptionalDouble.empty());
  }

  @Test
  void killedAtAnyMomentItLosesNothingThatItHasTaken() throws Exception {
    Random random = new Random(7);
    Receiver receiver = opened(Receiver.start());
    Set<String> taken = ConcurrentHashMap.newKeySet();
    for (int round = 0; round < 3; round++) {
      receiver.answers(round == 1 ? 500 : 200, Map.of());
      int before = taken.size();
      Process process = process(receiver, round * 100_000, taken);
      try {
        await().atMost(LONG).until(() -> taken.size() > before + 5 + random.nextInt(20));
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
    receiver.answers(200, Map.of());
    webhook(receiver.uri("/"));
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(ids(receiver.taken())).containsAll(Set.copyOf(taken)));
  }

  private Process process(Receiver receiver, int first, Set<String> taken) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                HookedProcess.class.getName(),
                receiver.uri("/").toString(),
                folder.resolve("data").toString(),
                String.valueOf(first))
            .redirectError(folder.resolve("errors").toFile())
            .start();
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  if (line.endsWith("-raised")) {
                    taken.add(line); // not half a line of a process that was killed
                  }
                }
              } catch (IOException e) {
                // it was killed
              }
            });
    reader.setDaemon(true);
    reader.start();
    return process;
  }
}
