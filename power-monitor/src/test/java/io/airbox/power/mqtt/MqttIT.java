package io.airbox.power.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.SetTicker;
import io.airbox.power.Ticker;
import io.airbox.power.Unit;
import io.airbox.power.alarm.Alarm;
import io.airbox.power.alarm.AlarmEvent;
import io.airbox.power.alarm.Severity;
import io.airbox.power.history.Minute;
import io.airbox.power.history.Series;
import io.airbox.power.history.Summary;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.eclipse.paho.client.mqttv3.internal.ClientState;
import org.eclipse.paho.client.mqttv3.logging.LoggerFactory;
import org.eclipse.tahu.message.SparkplugBPayloadDecoder;
import org.eclipse.tahu.message.model.Metric;
import org.eclipse.tahu.message.model.MetricDataType;
import org.eclipse.tahu.message.model.SparkplugBPayload;
import org.eclipse.tahu.model.MetricDataTypeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against Debian's Mosquitto. */
@Timeout(120)
class MqttIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String BASE = "airbox/v1/lab/one/";

  @TempDir Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Commands.Verb> done = new CopyOnWriteArrayList<>();
  private volatile double celsius = 40;
  private volatile boolean second;
  private Optional<Path> commandKey = Optional.empty();

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

  private Mosquitto broker(String... options) throws Exception {
    return opened(Mosquitto.start(Files.createDirectory(folder.resolve("broker")), options));
  }

  private static MqttSettings settings(URI broker, Layout... layouts) {
    return new MqttSettings(
        broker,
        EnumSet.copyOf(List.of(layouts)),
        "lab",
        "one",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(2),
        Duration.ofSeconds(1),
        Optional.empty(),
        "homeassistant");
  }

  private static MqttSettings secured(
      URI broker,
      Optional<Path> password,
      Optional<Path> authority,
      Optional<Path> certificate,
      Optional<Path> key) {
    return new MqttSettings(
        broker,
        Set.of(Layout.JSON),
        "lab",
        "one",
        password.map(unused -> "box"),
        password,
        authority,
        certificate,
        key,
        Duration.ofSeconds(2),
        Duration.ofSeconds(1),
        Optional.empty(),
        "homeassistant");
  }

  private static MqttSettings withHost(MqttSettings of, String host) {
    return new MqttSettings(
        of.broker(),
        of.layouts(),
        of.site(),
        of.box(),
        of.user(),
        of.passwordFile(),
        of.authority(),
        of.certificate(),
        of.key(),
        of.keepAlive(),
        of.interval(),
        Optional.of(host),
        of.discovery());
  }

  private MqttPublisher publisher(MqttSettings settings) throws Exception {
    return publisher(settings, "data");
  }

  private MqttPublisher publisher(MqttSettings settings, String data) throws Exception {
    return publisher(settings, data, Ticker.SYSTEM, InstantSource.system());
  }

  private MqttPublisher publisher(
      MqttSettings settings, String data, Ticker ticker, InstantSource clock) throws Exception {
    return opened(
        MqttPublisher.open(
            settings,
            folder.resolve(data),
            MqttPublisher.Room.USUAL,
            this::state,
            new MqttPublisher.Orders(
                (verb, order) -> {
                  done.add(verb);
                  return Documents.JSON.createObjectNode().put("done", verb.id());
                },
                commandKey),
            ticker,
            clock));
  }

  private BoxState state() {
    List<Reading> readings = new ArrayList<>();
    readings.add(reading("temperature.soc", Unit.CELSIUS, OptionalDouble.of(celsius)));
    readings.add(reading("power.input", Unit.WATTS, OptionalDouble.empty()));
    if (second) {
      readings.add(reading("cpu.use", Unit.RATIO, OptionalDouble.of(0.25)));
    }
    return new BoxState(
        "Box one",
        "0.1.0",
        Optional.of("http://127.0.0.1:8999/"),
        Optional.of(new Sample(Instant.now(), System.nanoTime(), readings, List.of())),
        new Decision(ThermalState.NORMAL, 0, ""),
        List.of(),
        List.of(new BoxState.Pack("sd15", "1.2.0")),
        OptionalDouble.of(7200),
        1,
        2);
  }

  private static Reading reading(String id, Unit unit, OptionalDouble value) {
    return new Reading(
        id,
        unit,
        value.isPresent() ? Quality.GOOD : Quality.UNKNOWN,
        value,
        Duration.ZERO,
        "file",
        value.isPresent() ? "" : "not there");
  }

  private static AlarmEvent event(int number) {
    Alarm alarm =
        new Alarm(
            "heat.hot",
            "o" + number,
            Severity.WARNING,
            Instant.now(),
            "hot",
            OptionalDouble.of(87),
            Unit.CELSIUS,
            "java (pid 1)");
    return new AlarmEvent(alarm, true, Instant.now(), "hot", OptionalDouble.of(87));
  }

  private static Minute minute(int number) {
    return new Minute(
        Instant.parse("2026-11-23T12:00:00Z").plusSeconds(60L * number),
        Map.of("temperature.soc", new Series(Unit.CELSIUS, new Summary(40, 41, 42, 60))));
  }

  private static void connected(MqttPublisher publisher) {
    await().atMost(PATIENCE).until(() -> publisher.links().stream().allMatch(LinkState::connected));
  }

  private static JsonNode last(Subscriber subscriber, String topic) {
    List<Subscriber.Heard> heard = subscriber.heard(topic);
    return heard.get(heard.size() - 1).json();
  }

  @Test
  void theStateStaysAndAnEventArrivesAndTheEndIsTold() throws Exception {
    Mosquitto broker = broker();
    Subscriber fleet = opened(new Subscriber(broker.uri(), "fleet", "airbox/#"));
    MqttPublisher publisher = publisher(settings(broker.uri(), Layout.JSON));
    connected(publisher);
    publisher.alarm(event(1));
    publisher.telemetry(minute(1));
    await().atMost(PATIENCE).until(() -> !fleet.heard(BASE + "event").isEmpty());
    await().atMost(PATIENCE).until(() -> !fleet.heard(BASE + "telemetry").isEmpty());
    await().atMost(PATIENCE).until(() -> publisher.links().get(0).outbox().mustArrive() == 0);
    JsonNode event = last(fleet, BASE + "event");
    assertThat(event.path("id").asText()).isEqualTo("o1-raised");
    assertThat(event.path("process").asText()).isEqualTo("java (pid 1)");
    assertThat(event.path("late").asBoolean()).isFalse();
    assertThat(fleet.heard(BASE + "event").get(0).qos()).isEqualTo(1);
    assertThat(last(fleet, BASE + "telemetry").at("/readings/temperature.soc/mean").asDouble())
        .isEqualTo(41);
    Subscriber late = opened(new Subscriber(broker.uri(), "late", BASE + "state"));
    await().atMost(PATIENCE).until(() -> !late.heard().isEmpty());
    assertThat(late.heard().get(0).retained()).isTrue();
    JsonNode state = late.heard().get(0).json();
    assertThat(state.path("online").asBoolean()).isTrue();
    assertThat(state.at("/readings/temperature.soc").asDouble()).isEqualTo(40);
    assertThat(state.path("readings").has("power.input")).isFalse();
    assertThat(state.at("/packs/sd15/version").asText()).isEqualTo("1.2.0");
    publisher.close();
    await().atMost(PATIENCE).until(() -> !last(late, BASE + "state").path("online").asBoolean());
    assertThat(last(late, BASE + "state").path("reason").asText()).isEqualTo("stopped");
  }

  @Test
  void whatHappenedWhileTheBrokerWasAwayArrivesLateAndOnce() throws Exception {
    Mosquitto broker = broker();
    Subscriber fleet = opened(new Subscriber(broker.uri(), "fleet", "airbox/#"));
    broker.stop();
    MqttPublisher publisher = publisher(settings(broker.uri(), Layout.JSON));
    for (int i = 0; i < 200; i++) {
      publisher.alarm(event(i));
    }
    publisher.telemetry(minute(1));
    assertThat(publisher.links().get(0).reason()).isNotEmpty();
    broker.start();
    await().atMost(PATIENCE).until(() -> publisher.links().get(0).outbox().mustArrive() == 0);
    await().atMost(PATIENCE).until(() -> fleet.heard(BASE + "event").size() >= 200);
    Set<String> ids = new HashSet<>();
    fleet.heard(BASE + "event").forEach(each -> ids.add(each.json().path("id").asText()));
    assertThat(ids).hasSize(200);
    await().atMost(PATIENCE).until(() -> !fleet.heard(BASE + "telemetry").isEmpty());
    assertThat(last(fleet, BASE + "telemetry").path("late").asBoolean()).isTrue();
  }

  @Test
  void aBrokerThatStopsAnsweringIsLeftAndNothingIsLost() throws Exception {
    Mosquitto broker = broker();
    Subscriber fleet = opened(new Subscriber(broker.uri(), "fleet", "airbox/#"));
    MqttPublisher publisher = publisher(settings(broker.uri(), Layout.JSON));
    connected(publisher);
    broker.signal("STOP");
    publisher.alarm(event(1));
    await().atMost(PATIENCE).until(() -> !publisher.links().get(0).connected());
    assertThat(publisher.links().get(0).reason()).isNotEmpty();
    assertThat(publisher.links().get(0).outbox().mustArrive()).isEqualTo(1);
    broker.signal("CONT");
    await().atMost(PATIENCE).until(() -> publisher.links().get(0).outbox().mustArrive() == 0);
    await().atMost(PATIENCE).until(() -> !fleet.heard(BASE + "event").isEmpty());
  }

  @Test
  void aServerThatDropsEachConnectionCostsNoThreads() throws Exception {
    costsNoThreads(Socket::close, 5);
  }

  @Test
  void aServerThatAcceptsAndNeverAnswersIsLeftAndCostsNoThreads() throws Exception {
    List<Socket> held = new CopyOnWriteArrayList<>();
    open.add(
        () -> {
          for (Socket each : held) {
            each.close();
          }
        });
    costsNoThreads(held::add, 3);
    for (Socket each : held) {
      each.setSoTimeout((int) PATIENCE.toMillis());
      assertThat(each.getInputStream().readAllBytes()).as("it hangs up itself").isNotEmpty();
    }
  }

  /** What a server does with a connection. */
  @FunctionalInterface
  private interface Host {
    void treat(Socket each) throws IOException;
  }

  private void costsNoThreads(Host host, int attempts) throws Exception {
    AtomicInteger accepted = new AtomicInteger();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread accepting =
          new Thread(
              () -> {
                while (!server.isClosed()) {
                  try {
                    host.treat(server.accept());
                    accepted.incrementAndGet();
                  } catch (IOException e) {
                    return;
                  }
                }
              });
      accepting.start();
      MqttPublisher publisher =
          publisher(settings(URI.create("tcp://127.0.0.1:" + server.getLocalPort()), Layout.JSON));
      await().atMost(PATIENCE).until(() -> accepted.get() >= attempts);
      // those of the attempt that runs, and of the one before, which are ending
      assertThat(mqttThreads()).hasSizeLessThanOrEqualTo(12);
      assertThat(publisher.links().get(0).connected()).isFalse();
      assertThat(publisher.links().get(0).reason()).isNotEmpty();
      publisher.close();
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(mqttThreads()).isEmpty());
    }
  }

  private static List<String> mqttThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(each -> each.startsWith("mqtt-json") || each.contains("airbox-one-"))
        .toList();
  }

  @Test
  void aNameWithoutAnAddressIsTold() throws Exception {
    MqttPublisher publisher =
        publisher(settings(URI.create("tcp://no-such-broker.invalid:1883"), Layout.JSON));
    await()
        .atMost(PATIENCE)
        .until(() -> publisher.links().get(0).reason().contains("no address is known"));
  }

  @Test
  void aClockThatJumpsFrom1970AndBackLosesNothing() throws Exception {
    Mosquitto broker = broker();
    Subscriber fleet = opened(new Subscriber(broker.uri(), "fleet", "airbox/#"));
    broker.stop();
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH.plusSeconds(30));
    MqttPublisher publisher =
        publisher(settings(broker.uri(), Layout.JSON), "data", new SetTicker(0), now::get);
    Minute minute =
        new Minute(
            Instant.EPOCH.plusSeconds(60),
            Map.of("temperature.soc", new Series(Unit.CELSIUS, new Summary(40, 41, 42, 60))));
    publisher.alarm(event(1));
    publisher.telemetry(minute);
    await()
        .atMost(PATIENCE)
        .until(() -> publisher.links().get(0).reason().contains("Connection refused"));
    broker.start();
    now.set(Instant.parse("2026-11-23T12:00:00Z"));
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              // a clock that is set ends the wait for the next attempt; the other one never does
              now.updateAndGet(each -> each.plusSeconds(120));
              return publisher.links().get(0).connected();
            });
    await().atMost(PATIENCE).until(() -> !fleet.heard(BASE + "telemetry").isEmpty());
    assertThat(last(fleet, BASE + "telemetry").path("clock_set").asBoolean()).isFalse();
    assertThat(last(fleet, BASE + "state").path("clock_set").asBoolean()).isTrue();
    now.set(Instant.EPOCH.plusSeconds(30));
    publisher.alarm(event(2));
    publisher.telemetry(minute);
    await().atMost(PATIENCE).until(() -> fleet.heard(BASE + "event").size() >= 2);
    await().atMost(PATIENCE).until(() -> fleet.heard(BASE + "telemetry").size() >= 2);
    assertThat(fleet.heard(BASE + "telemetry"))
        .as("minutes that end at the same time of a wrong clock are two")
        .extracting(each -> each.json().path("id").asText())
        .doesNotHaveDuplicates();
    await()
        .atMost(PATIENCE)
        .until(() -> !last(fleet, BASE + "state").path("clock_set").asBoolean());
    assertThat(publisher.links().get(0).connects()).isEqualTo(1);
  }

  /** Mosquitto 2.0.11 ends the connection for what its list forbids, and may say yes before it. */
  @Test
  void aBrokerWhoseAccessListForbidsIsTriedAgainUntilItAllows() throws Exception {
    Path acl = folder.resolve("acl");
    String readers = "topic read airbox/#\ntopic read spBv1.0/#\ntopic write airbox/+/+/+/state\n";
    Files.writeString(acl, readers + "topic write airbox/+/+/+/instance\n");
    Mosquitto broker = broker("acl_file " + acl, "log_type all");
    Subscriber fleet = opened(new Subscriber(broker.uri(), "fleet", "airbox/#", "spBv1.0/#"));
    MqttPublisher publisher = publisher(settings(broker.uri(), Layout.JSON, Layout.SPARKPLUG));
    publisher.alarm(event(1));
    publisher.telemetry(minute(1));
    await()
        .atMost(PATIENCE)
        .until(
            () -> publisher.links().get(1).reason().contains("it may forbid what this box tells"));
    await().atMost(PATIENCE).until(() -> publisher.links().get(1).connects() >= 3);
    assertThat(publisher.links().get(1).outbox().mustArrive())
        .as("nobody said that an alarm of Sparkplug has arrived")
        .isEqualTo(1);
    assertThat(broker.log()).contains("Denied PUBLISH");
    assertThat(fleet.heard()).noneMatch(each -> each.topic().startsWith("spBv1.0/"));
    assertThat(fleet.heard(BASE + "event")).isEmpty();
    assertThat(fleet.heard(BASE + "state")).isNotEmpty();

    Files.writeString(acl, "topic readwrite #\n");
    broker.signal("HUP");
    await()
        .atMost(PATIENCE)
        .until(() -> publisher.links().stream().allMatch(link -> link.outbox().mustArrive() == 0));
    assertThat(payloads(fleet.heard("spBv1.0/lab/NDATA/one"))).contains("o1-raised");
  }

  private static String payloads(List<Subscriber.Heard> heard) {
    StringBuilder all = new StringBuilder();
    heard.forEach(each -> all.append(new String(each.payload(), StandardCharsets.UTF_8)));
    return all.toString();
  }

  @Test
  void nothingOfPahoGoesToStandardError() throws Exception {
    List<String> said = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            said.add(record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    java.util.logging.Logger root = java.util.logging.Logger.getLogger("");
    root.addHandler(handler);
    open.add(() -> root.removeHandler(handler));
    connected(publisher(settings(broker().uri(), Layout.JSON)));
    LoggerFactory.getLogger(LoggerFactory.MQTT_CLIENT_MSG_CAT, ClientState.class.getName())
        .severe(ClientState.class.getName(), "checkForActivity", "619");
    assertThat(said).isEmpty();
  }

  @Test
  void apasswordIsNeededAndNeverTold() throws Exception {
    Path passwords = folder.resolve("passwords");
    run("mosquitto_passwd", "-b", "-c", passwords.toString(), "box", "s3cret-w0rd");
    Path acl = folder.resolve("acl");
    Files.writeString(acl, "user box\ntopic readwrite airbox/v1/lab/one/#\n");
    Mosquitto broker =
        broker("allow_anonymous false", "password_file " + passwords, "acl_file " + acl);
    Path wrong = folder.resolve("wrong");
    Files.writeString(wrong, "wr0ng-w0rd\n");
    Path right = folder.resolve("right");
    Files.writeString(right, "s3cret-w0rd\n");
    MqttPublisher refused =
        publisher(
            secured(
                broker.uri(),
                Optional.of(wrong),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            "refused");
    await()
        .atMost(PATIENCE)
        .until(() -> refused.links().get(0).reason().toLowerCase().contains("authorized"));
    assertThat(refused.links().get(0).reason()).doesNotContain("w0rd");
    refused.close();
    MqttPublisher publisher =
        publisher(
            secured(
                broker.uri(),
                Optional.of(right),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    connected(publisher);
  }

  @Test
  void certificatesAreCheckedOnBothSides() throws Exception {
    Path pki = Files.createDirectory(folder.resolve("pki"));
    authority(pki, "ca");
    authority(pki, "other");
    issued(pki, "ca", "server");
    issued(pki, "ca", "box");
    Mosquitto broker =
        broker(
            "cafile " + pki.resolve("ca.pem"),
            "certfile " + pki.resolve("server.pem"),
            "keyfile " + pki.resolve("server.key"),
            "require_certificate true");
    MqttPublisher distrusting =
        publisher(
            secured(
                broker.uri(),
                Optional.empty(),
                Optional.of(pki.resolve("other.pem")),
                Optional.of(pki.resolve("box.pem")),
                Optional.of(pki.resolve("box.key"))),
            "distrusting");
    await()
        .atMost(PATIENCE)
        .until(() -> distrusting.links().get(0).reason().contains("certification path"));
    MqttPublisher nameless =
        publisher(
            secured(
                broker.uri(),
                Optional.empty(),
                Optional.of(pki.resolve("ca.pem")),
                Optional.empty(),
                Optional.empty()),
            "nameless");
    await().atMost(PATIENCE).until(() -> !nameless.links().get(0).reason().startsWith("not conn"));
    assertThat(nameless.links().get(0).connected()).isFalse();
    MqttPublisher publisher =
        publisher(
            secured(
                broker.uri(),
                Optional.empty(),
                Optional.of(pki.resolve("ca.pem")),
                Optional.of(pki.resolve("box.pem")),
                Optional.of(pki.resolve("box.key"))));
    connected(publisher);
  }

  private static void authority(Path pki, String name) throws Exception {
    run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=" + name,
        "-keyout",
        pki.resolve(name + ".key").toString(),
        "-out",
        pki.resolve(name + ".pem").toString());
  }

  private static void issued(Path pki, String by, String name) throws Exception {
    Path extension = pki.resolve(name + ".ext");
    Files.writeString(extension, "subjectAltName=IP:127.0.0.1\n");
    run(
        "openssl",
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=" + name,
        "-keyout",
        pki.resolve(name + ".key").toString(),
        "-out",
        pki.resolve(name + ".csr").toString());
    run(
        "openssl",
        "x509",
        "-req",
        "-days",
        "2",
        "-in",
        pki.resolve(name + ".csr").toString(),
        "-CA",
        pki.resolve(by + ".pem").toString(),
        "-CAkey",
        pki.resolve(by + ".key").toString(),
        "-CAcreateserial",
        "-extfile",
        extension.toString(),
        "-out",
        pki.resolve(name + ".pem").toString());
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Layout.class,
      names = {"JSON", "SPARKPLUG"})
  void twoBoxesOfOneNameAreBothTold(Layout layout) throws Exception {
    Mosquitto broker = broker();
    MqttPublisher one = publisher(settings(broker.uri(), layout), "one");
    connected(one);
    assertThat(one.rival()).isEmpty();
    MqttPublisher two = publisher(settings(broker.uri(), layout), "two");
    await().atMost(PATIENCE).until(() -> one.rival().isPresent() && two.rival().isPresent());
    assertThat(one.rival().orElseThrow()).contains("is lab/one too");
  }

  private static ObjectNode envelope(String verb, String nonce, Instant expires) {
    return Documents.JSON
        .createObjectNode()
        .put("site", "lab")
        .put("box", "one")
        .put("verb", verb)
        .put("nonce", nonce)
        .put("expires", expires.toEpochMilli());
  }

  private static String order(KeyPair key, ObjectNode envelope) throws Exception {
    byte[] bytes = Documents.bytes(envelope);
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key.getPrivate());
    signature.update(bytes);
    Base64.Encoder text = Base64.getEncoder();
    return Documents.JSON
        .createObjectNode()
        .put("id", "i")
        .put("envelope", text.encodeToString(bytes))
        .put("signature", text.encodeToString(signature.sign()))
        .toString();
  }

  private JsonNode ask(Subscriber fleet, String verb, String request) throws Exception {
    TimeUnit.MILLISECONDS.sleep(1100); // one a second
    String reply = BASE + "cmd/" + verb + "/reply";
    int before = fleet.heard(reply).size();
    fleet.publish(BASE + "cmd/" + verb, request, false);
    await().atMost(PATIENCE).until(() -> fleet.heard(reply).size() > before);
    return last(fleet, reply);
  }

  @Test
  void commandsAreAClosedListAndSomeNeedASignature() throws Exception {
    Mosquitto broker = broker();
    KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Path keyFile = folder.resolve("command.pem");
    Files.writeString(
        keyFile,
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getEncoder().encodeToString(key.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n");
    commandKey = Optional.of(keyFile);
    Subscriber fleet = opened(new Subscriber(broker.uri(), "fleet", "airbox/#"));
    fleet.publish(BASE + "cmd/identify", "{}", true); // stands for ever: not obeyed
    MqttPublisher publisher = publisher(settings(broker.uri(), Layout.JSON));
    connected(publisher);
    assertThat(ask(fleet, "identify", "{\"id\":7}").toString())
        .isEqualTo("{\"id\":7,\"ok\":true,\"done\":\"identify\"}");
    assertThat(ask(fleet, "reboot", "{}").path("ok").asBoolean()).isFalse();
    assertThat(ask(fleet, "identify", "garbage").path("ok").asBoolean()).isFalse();
    assertThat(ask(fleet, "restart-worker", "{}").path("ok").asBoolean()).isFalse();
    Instant soon = Instant.now().plusSeconds(300);
    String good = order(key, envelope("restart-worker", "nonce-0001", soon));
    assertThat(ask(fleet, "restart-worker", good).path("ok").asBoolean()).isTrue();
    assertThat(ask(fleet, "restart-worker", good).path("reason").asText())
        .isEqualTo("this nonce was used before");
    for (String bad :
        List.of(
            order(other, envelope("restart-worker", "nonce-0002", soon)),
            order(key, envelope("identify", "nonce-0003", soon)),
            order(key, envelope("restart-worker", "nonce-0004", Instant.now().minusSeconds(1))),
            order(key, envelope("restart-worker", "nonce-0005", Instant.now().plusSeconds(7200))),
            order(key, envelope("restart-worker", "nonce-0006", soon).put("box", "two")),
            order(key, envelope("restart-worker", "x", soon)))) {
      assertThat(ask(fleet, "restart-worker", bad).path("ok").asBoolean()).isFalse();
    }
    publisher.close();
    MqttPublisher again = publisher(settings(broker.uri(), Layout.JSON));
    connected(again);
    assertThat(ask(fleet, "restart-worker", good).path("ok").asBoolean()).isFalse();
    assertThat(done).containsExactly(Commands.Verb.IDENTIFY, Commands.Verb.RESTART_WORKER);
  }

  @Test
  void homeAssistantFindsADevice() throws Exception {
    Mosquitto broker = broker();
    Subscriber home =
        opened(new Subscriber(broker.uri(), "home", "homeassistant/#", BASE + "state"));
    MqttPublisher publisher = publisher(settings(broker.uri(), Layout.HOMEASSISTANT));
    connected(publisher);
    String topic = "homeassistant/device/airbox_lab_one/config";
    await().atMost(PATIENCE).until(() -> !home.heard(topic).isEmpty());
    JsonNode device = last(home, topic);
    assertThat(device.at("/o/name").asText()).isEqualTo("airbox");
    assertThat(device.at("/dev/ids/0").asText()).isEqualTo("airbox_lab_one");
    assertThat(device.path("avty_t").asText()).isEqualTo(BASE + "state");
    Set<String> unique = new HashSet<>();
    device
        .path("cmps")
        .properties()
        .forEach(
            each -> {
              assertThat(each.getKey()).matches("[a-zA-Z0-9_-]+");
              assertThat(each.getValue().path("p").asText())
                  .isIn("sensor", "binary_sensor", "update");
              assertThat(unique.add(each.getValue().path("unique_id").asText())).isTrue();
            });
    assertThat(device.at("/cmps/temperature_soc/device_class").asText()).isEqualTo("temperature");
    assertThat(device.at("/cmps/temperature_soc/unit_of_measurement").asText()).isEqualTo("°C");
    assertThat(device.at("/cmps/pack_sd15/p").asText()).isEqualTo("update");
    second = true;
    await().atMost(PATIENCE).until(() -> last(home, topic).path("cmps").has("cpu_use"));
    assertThat(last(home, topic).at("/cmps/cpu_use/unit_of_measurement").asText()).isEqualTo("%");
    assertThat(last(home, topic).at("/cmps/cpu_use").has("device_class")).isFalse();
  }

  /** As a host reads it, who knows the types by the birth. */
  private static SparkplugBPayload payload(Subscriber.Heard heard) throws Exception {
    MetricDataTypeMap types = new MetricDataTypeMap();
    for (long alias = 1; alias < 50; alias++) {
      types.addMetricDataType(alias, alias == 10 ? MetricDataType.String : MetricDataType.Double);
    }
    return new SparkplugBPayloadDecoder().buildFromByteArray(heard.payload(), types);
  }

  private static Metric metric(SparkplugBPayload payload, String name) {
    return payload.getMetrics().stream()
        .filter(each -> name.equals(each.getName()))
        .findFirst()
        .orElseThrow();
  }

  /**
   * tck-id-payloads-nbirth-seq, -nbirth-bdseq, -nbirth-rebirth-req, -ndeath-will-message,
   * -sequence-num-incrementing, tck-id-operational-behavior-data-commands-rebirth-*.
   */
  @Test
  void anEdgeNodeIsBornTellsIsBornAgainAndDies() throws Exception {
    Mosquitto broker = broker();
    Subscriber host = opened(new Subscriber(broker.uri(), "host", "spBv1.0/#"));
    MqttPublisher publisher = publisher(settings(broker.uri(), Layout.SPARKPLUG));
    connected(publisher);
    String births = "spBv1.0/lab/NBIRTH/one";
    String data = "spBv1.0/lab/NDATA/one";
    await().atMost(PATIENCE).until(() -> !host.heard(births).isEmpty());
    assertThat(host.heard(births).get(0).qos()).isZero();
    assertThat(host.heard(births).get(0).retained()).isFalse();
    SparkplugBPayload birth = payload(host.heard(births).get(0));
    assertThat(birth.getSeq()).isZero();
    assertThat(birth.getTimestamp()).isNotNull();
    assertThat(metric(birth, "bdSeq").getValue()).isEqualTo(0L);
    assertThat(metric(birth, "Node Control/Rebirth").getValue()).isEqualTo(false);
    Metric soc = metric(birth, "Readings/temperature.soc");
    assertThat(soc.getValue()).isEqualTo(40.0);
    assertThat(soc.getProperties().getPropertyValue("engUnit").getValue()).isEqualTo("celsius");
    assertThat(metric(birth, "Readings/power.input").getIsNull()).isTrue();
    celsius = 41;
    await().atMost(PATIENCE).until(() -> !host.heard(data).isEmpty());
    SparkplugBPayload told = payload(host.heard(data).get(0));
    assertThat(told.getSeq()).isEqualTo(1);
    assertThat(told.getMetrics()).hasSize(1);
    assertThat(told.getMetrics().get(0).getAlias()).isEqualTo(soc.getAlias());
    assertThat(told.getMetrics().get(0).hasName()).isFalse();
    host.publish(
        "spBv1.0/lab/NCMD/one",
        new org.eclipse.tahu.message.SparkplugBPayloadEncoder()
            .getBytes(
                new SparkplugBPayload.SparkplugBPayloadBuilder()
                    .setTimestamp(new java.util.Date())
                    .addMetric(
                        new Metric.MetricBuilder(
                                "Node Control/Rebirth",
                                org.eclipse.tahu.message.model.MetricDataType.Boolean,
                                true)
                            .createMetric())
                    .createPayload(),
                false),
        false);
    await().atMost(PATIENCE).until(() -> host.heard(births).size() >= 2);
    SparkplugBPayload again = payload(host.heard(births).get(1));
    assertThat(again.getSeq()).isZero();
    assertThat(metric(again, "bdSeq").getValue()).isEqualTo(0L);
    host.publish("spBv1.0/lab/NCMD/one", "garbage", false);
    publisher.close();
    String deaths = "spBv1.0/lab/NDEATH/one";
    await().atMost(PATIENCE).until(() -> !host.heard(deaths).isEmpty());
    SparkplugBPayload death = payload(host.heard(deaths).get(0));
    assertThat(death.getSeq()).isNull();
    assertThat(metric(death, "bdSeq").getValue()).isEqualTo(0L);
    MqttPublisher next = publisher(settings(broker.uri(), Layout.SPARKPLUG));
    connected(next);
    await().atMost(PATIENCE).until(() -> host.heard(births).size() >= 3);
    assertThat(metric(payload(host.heard(births).get(2)), "bdSeq").getValue()).isEqualTo(1L);
  }

  /** tck-id-operational-behavior-edge-node-termination-host-*, -message-flow-hid-sub-*. */
  @Test
  void anEdgeNodeWaitsForItsHostAndTellsTheHostLaterWhatWas() throws Exception {
    Mosquitto broker = broker();
    Subscriber host = opened(new Subscriber(broker.uri(), "host", "spBv1.0/lab/#"));
    MqttPublisher publisher =
        publisher(withHost(settings(broker.uri(), Layout.SPARKPLUG), "scada"));
    connected(publisher);
    publisher.telemetry(minute(1));
    publisher.alarm(event(1));
    assertThat(host.heard()).isEmpty();
    long now = System.currentTimeMillis();
    host.publish("spBv1.0/STATE/scada", "{\"online\":true,\"timestamp\":" + now + "}", true);
    await().atMost(PATIENCE).until(() -> !host.heard("spBv1.0/lab/NBIRTH/one").isEmpty());
    await().atMost(PATIENCE).until(() -> publisher.links().get(0).outbox().mustArrive() == 0);
    host.publish("spBv1.0/STATE/scada", "{\"online\":false,\"timestamp\":" + (now - 1) + "}", true);
    assertThat(host.heard("spBv1.0/lab/NDEATH/one")).isEmpty();
    host.publish("spBv1.0/STATE/scada", "{\"online\":false,\"timestamp\":" + now + "}", true);
    await().atMost(PATIENCE).until(() -> !host.heard("spBv1.0/lab/NDEATH/one").isEmpty());
    publisher.telemetry(minute(2));
    host.publish("spBv1.0/STATE/scada", "{\"online\":true,\"timestamp\":" + (now + 9) + "}", true);
    await().atMost(PATIENCE).until(() -> host.heard("spBv1.0/lab/NBIRTH/one").size() >= 2);
    await().atMost(PATIENCE).until(() -> historical(host.heard("spBv1.0/lab/NDATA/one")) >= 1);
    await().atMost(PATIENCE).until(() -> publisher.links().get(0).outbox().newest() == 0);
  }

  private static long historical(List<Subscriber.Heard> data) throws Exception {
    long count = 0;
    for (Subscriber.Heard each : data) {
      count +=
          payload(each).getMetrics().stream()
              .filter(
                  metric ->
                      metric.isHistorical()
                          && metric.getTimestamp().toInstant().equals(minute(2).end()))
              .count();
    }
    return count;
  }
}
