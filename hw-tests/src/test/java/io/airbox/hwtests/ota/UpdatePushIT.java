package io.airbox.hwtests.ota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbox.hwtests.DaemonProcess;
import io.airbox.power.mqtt.Mosquitto;
import io.airbox.power.mqtt.Subscriber;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model is pushed by an order over MQTT: through a real broker to a real daemon and its engine.
 */
class UpdatePushIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String BASE = "airbox/v1/lab/one/";

  @TempDir Path folder;
  private Publisher publisher;
  private Mosquitto broker;
  private Subscriber fleet;
  private KeyPair commandKey;
  private Cli cli;
  private Path data;
  private int nonces;

  @BeforeEach
  void start() throws Exception {
    data = Files.createDirectory(folder.resolve("data"));
    cli = new Cli(folder, data);
    publisher = new Publisher(folder, data);
    broker = Mosquitto.start(folder.resolve("broker"));
    fleet = new Subscriber(broker.uri(), "fleet", BASE + "#");
    commandKey = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Files.writeString(
        folder.resolve("command.pem"),
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getEncoder().encodeToString(commandKey.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n");
  }

  @AfterEach
  void stop() throws Exception {
    fleet.close();
    broker.close();
    publisher.close();
  }

  private DaemonProcess daemon(String origin) {
    return DaemonProcess.start(
        data,
        Map.of(
            "http.port", "0",
            "https.enabled", "false",
            "engine.kind", "onnx",
            "updates.plain.http", "true",
            "mqtt.broker", broker.uri().toString(),
            "mqtt.site", "lab",
            "mqtt.box", "one",
            "mqtt.interval", "1s",
            "mqtt.command.key", folder.resolve("command.pem").toString(),
            "mqtt.update.origins", origin),
        List.of());
  }

  /** Gives the order until the box has ears for it, which is once a second. */
  private JsonNode order(String address) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> ordered(address), reply -> !reply.path("reason").asText().contains("a second"));
  }

  /** Gives the order, as the owner of the command key, and waits for its answer. */
  private JsonNode ordered(String address) throws Exception {
    int before = replies();
    byte[] envelope =
        new JsonObject()
            .put("site", "lab")
            .put("box", "one")
            .put("verb", "update-now")
            .put("nonce", "nonce-000" + nonces++)
            .put("expires", Instant.now().plusSeconds(300).toEpochMilli())
            .put("address", address)
            .encode()
            .getBytes(StandardCharsets.UTF_8);
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(commandKey.getPrivate());
    signature.update(envelope);
    JsonObject request =
        new JsonObject()
            .put("envelope", Base64.getEncoder().encodeToString(envelope))
            .put("signature", Base64.getEncoder().encodeToString(signature.sign()));
    fleet.publish(BASE + "cmd/update-now", request.encode(), false);
    await().atMost(PATIENCE).until(() -> replies() > before);
    return last("cmd/update-now/reply");
  }

  private int replies() {
    return fleet.heard(BASE + "cmd/update-now/reply").size();
  }

  private JsonNode last(String topic) {
    List<Subscriber.Heard> heard = fleet.heard(BASE + topic);
    return heard.get(heard.size() - 1).json();
  }

  private JsonNode outcome(int count) {
    await().atMost(PATIENCE).until(() -> fleet.heard(BASE + "ota").size() >= count);
    return last("ota");
  }

  private String drawnBy() throws Exception {
    return cli.airbox(
            "generate", "a red apple", "-o", folder.resolve("a.png"), "--steps", 4, "--json")
        .json()
        .findValue("pack_version")
        .asText();
  }

  @Test
  void anOrderMakesTheNextPictureWithTheNewModel() throws Exception {
    Path good = publisher.release(2, "key", text -> text);
    Path strange = publisher.release(3, "stranger", text -> text);
    String origin = publisher.address(good).replaceAll("(http://[^/]+)/.*", "$1");
    String first;
    try (DaemonProcess daemon = daemon(origin)) {
      await().atMost(PATIENCE).until(() -> !fleet.heard(BASE + "state").isEmpty());

      JsonNode elsewhere = order("http://127.0.0.1:1/model/");
      assertThat(elsewhere.path("ok").asBoolean()).isFalse();
      assertThat(elsewhere.path("reason").asText()).contains(origin);

      assertThat(order(publisher.address(good)).path("ok").asBoolean()).isTrue();
      JsonNode installed = outcome(1);
      assertThat(installed.path("outcome").asText()).as("%s", installed).isEqualTo("installed");
      assertThat(installed.path("version").asText()).isEqualTo("0.2.0");
      assertThat(installed.path("box").asText()).isEqualTo("one");
      first = installed.path("id").asText();
      assertThat(drawnBy()).as(daemon.output()).isEqualTo("0.2.0");

      assertThat(order(publisher.address(strange)).path("ok").asBoolean()).isTrue();
      JsonNode refused = outcome(2);
      assertThat(refused.path("outcome").asText()).isEqualTo("refused");
      assertThat(refused.path("why").asText()).contains("signed by");
      assertThat(drawnBy()).isEqualTo("0.2.0");

      cli.airbox("models", "remove", "airbox-emoji").done();
      assertThat(outcome(3).path("outcome").asText()).isEqualTo("removed");
    }
    try (DaemonProcess again = daemon(origin)) {
      await().atMost(PATIENCE).until(() -> again.output().contains("MQTT: json connected"));
      assertThat(fleet.heard(BASE + "ota").stream().map(heard -> heard.json().path("id").asText()))
          .as("each is told once, over a restart too")
          .hasSize(3)
          .doesNotHaveDuplicates()
          .contains(first);
    }
  }
}
