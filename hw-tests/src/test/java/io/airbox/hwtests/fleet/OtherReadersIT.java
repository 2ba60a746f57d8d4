package io.airbox.hwtests.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.airbox.hwtests.Checkout;
import io.airbox.hwtests.DaemonProcess;
import io.airbox.hwtests.PythonPrograms;
import io.airbox.hwtests.wire.Request;
import io.airbox.hwtests.wire.Wire;
import io.airbox.power.RecordedMachine;
import io.airbox.power.mqtt.Mosquitto;
import io.airbox.power.mqtt.Subscriber;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a daemon tells a broker, read by programs that others wrote: a Sparkplug host in Python, and
 * the template language of Home Assistant.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OtherReadersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path SOURCES = Checkout.path("hw-tests/src/fleet");
  private static final String STATE = "airbox/v1/lab/one/state";
  private static final String DEVICE = "homeassistant/device/airbox_lab_one/config";

  @TempDir private static Path folder;
  private static Path box;
  private static PythonPrograms python;
  private static Mosquitto broker;
  private static Subscriber plain;
  private static DaemonProcess daemon;

  @BeforeAll
  static void start() throws Exception {
    python = PythonPrograms.of(SOURCES.resolve("requirements.txt"));
    box = RecordedMachine.copy("load", folder.resolve("box"));
    broker = Mosquitto.start(folder.resolve("broker"));
    plain =
        new Subscriber(broker.uri(), "plain", "airbox/v1/lab/one/#", "homeassistant/device/+/+");
    daemon =
        DaemonProcess.start(
            folder.resolve("data"),
            Map.of(
                "http.port", "0",
                "https.enabled", "false",
                "engine.kind", "onnx",
                "sysroot", box.toString(),
                "telemetry.interval", "1s",
                "mqtt.broker", broker.uri().toString(),
                "mqtt.layouts", "json,sparkplug,homeassistant",
                "mqtt.site", "lab",
                "mqtt.box", "one",
                "mqtt.interval", "1s"),
            List.of());
    // rates and energy need two looks
    await().atMost(PATIENCE).until(() -> last(STATE).path("energy_joules").asDouble() > 0);
    await()
        .atMost(PATIENCE)
        .until(() -> last(STATE).path("readings").path("disk.mmcblk0.read").isNumber());
  }

  @AfterAll
  static void stop() throws Exception {
    if (daemon != null) {
      daemon.close();
    }
    if (plain != null) {
      plain.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  /** The chip's temperature; a reader sees the one before or this one. */
  private static void heat(int celsius) throws IOException {
    Path next = Files.writeString(folder.resolve("temp"), celsius * 1000 + "\n");
    Files.move(
        next,
        box.resolve("sys/class/thermal/thermal_zone0/temp"),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  private static JsonNode last(String topic) {
    List<Subscriber.Heard> heard = plain.heard(topic);
    return heard.isEmpty() ? MissingNode.getInstance() : heard.get(heard.size() - 1).json();
  }

  /** Type and value of a metric, as text. */
  private record Told(String type, String value, String unit) {
    static Told of(JsonObject metric) {
      assertThat(metric.getBoolean("null")).isEqualTo(metric.getValue("value") == null);
      return new Told(
          metric.getString("type"),
          String.valueOf(metric.getValue("value")),
          String.valueOf(metric.getValue("unit")));
    }
  }

  /** Last, for the box gets hot in it, and ends. */
  @Test
  @Order(2)
  void aSparkplugHostDecodesEveryMetricOfBirthDataAndDeath() throws Exception {
    try (Program host = host()) {
      host.say("rebirth one");
      JsonObject birth = message(host, "the birth", "NBIRTH");
      assertThat(birth.getString("topic")).isEqualTo("spBv1.0/lab/NBIRTH/one");
      assertThat(birth.getInteger("qos")).isZero();
      assertThat(birth.getBoolean("retained")).isFalse();
      assertThat(birth.getInteger("seq")).isZero();
      Map<String, JsonObject> born = byName(birth);
      Map<String, Told> told = new TreeMap<>();
      born.forEach((name, metric) -> told.put(name, Told.of(metric)));
      Told energy = told.remove("Energy"); // grows from look to look
      assertThat(energy.type()).isEqualTo("DOUBLE");
      assertThat(energy.unit()).isEqualTo("joules");
      assertThat(Double.parseDouble(energy.value()))
          .isPositive()
          .isLessThanOrEqualTo(last(STATE).path("energy_joules").asDouble() + 3600);
      assertThat(told).containsExactlyInAnyOrderEntriesOf(meant());
      assertThat(born.values().stream().map(each -> each.getValue("alias")))
          .filteredOn(each -> each != null)
          .doesNotHaveDuplicates()
          .hasSize(born.size() - 2); // all but bdSeq and Rebirth

      heat(86);
      JsonObject hot =
          message(host, "86 °C", "NDATA", each -> has(each, "Readings/temperature.soc"));
      assertThat(hot.getInteger("seq")).isPositive();
      JsonObject soc = byName(hot).get("Readings/temperature.soc");
      assertThat(soc.getDouble("value")).isEqualTo(86);
      assertThat(soc.getString("type")).isEqualTo("DOUBLE");
      assertThat(soc.getBoolean("named")).isFalse();
      assertThat(soc.getValue("alias"))
          .isEqualTo(born.get("Readings/temperature.soc").getValue("alias"));
      await().atMost(PATIENCE).until(() -> !plain.heard("airbox/v1/lab/one/event").isEmpty());
      await().atMost(PATIENCE).until(() -> !alarms(host).isEmpty());
      JsonNode event = plain.heard("airbox/v1/lab/one/event").get(0).json();
      JsonObject alarm = new JsonObject(alarms(host).get(0).getString("value"));
      assertThat(alarm.getString("id")).isEqualTo(event.path("id").asText());
      assertThat(alarm.getString("alarm")).isEqualTo("heat.hot");
      await().atMost(PATIENCE).until(() -> !last(STATE).path("alarms").isEmpty());
      JsonObject home = rendered(last(STATE)).getJsonObject("components");
      assertThat(home.getString("heat")).isEqualTo("ON");
      assertThat(home.getString("alarms")).isEqualTo("ON");

      host.say("rebirth one");
      JsonObject again = message(host, "another birth", "NBIRTH");
      assertThat(byName(again).get("Heat/State").getString("value")).isEqualTo("hot");
      assertThat(byName(again).get("bdSeq").getValue("value"))
          .isEqualTo(born.get("bdSeq").getValue("value"));
      assertThat(again.getInteger("seq")).isZero();

      daemon.close();
      JsonObject death = message(host, "the death", "NDEATH");
      assertThat(byName(death).get("bdSeq").getValue("value"))
          .isEqualTo(born.get("bdSeq").getValue("value"));
      assertThat(host.lines()).noneMatch(line -> line.contains("\"error\""));
    }
  }

  /** The metric of alarms in all data so far. */
  private static List<JsonObject> alarms(Program host) {
    return host.lines().stream()
        .map(JsonObject::new)
        .filter(each -> each.getString("kind").equals("NDATA") && has(each, "Events/Alarm"))
        .map(each -> byName(each).get("Events/Alarm"))
        .toList();
  }

  private static Program host() throws IOException {
    Program host =
        Program.start(
            folder,
            List.of(
                python.path("python"),
                SOURCES.resolve("sparkplug_host.py").toString(),
                String.valueOf(broker.uri().getPort()),
                "lab"));
    host.await("that it listens", line -> line.contains("listening"));
    return host;
  }

  private static JsonObject message(Program host, String what, String kind) {
    return message(host, what, kind, each -> true);
  }

  private static JsonObject message(
      Program host, String what, String kind, Predicate<JsonObject> meant) {
    return new JsonObject(
        host.await(
            what,
            line -> {
              JsonObject message = new JsonObject(line);
              return message.getString("kind").equals(kind) && meant.test(message);
            }));
  }

  private static boolean has(JsonObject message, String metric) {
    return byName(message).containsKey(metric);
  }

  private static Map<String, JsonObject> byName(JsonObject message) {
    Map<String, JsonObject> metrics = new TreeMap<>();
    JsonArray all = message.getJsonArray("metrics", new JsonArray());
    for (int i = 0; i < all.size(); i++) {
      metrics.put(all.getJsonObject(i).getString("name"), all.getJsonObject(i));
    }
    assertThat(metrics).hasSize(all.size());
    return metrics;
  }

  /** Every metric of a birth but the energy, by what the API and the plain layout tell. */
  private static Map<String, Told> meant() {
    Map<String, Told> meant = new TreeMap<>();
    JsonNode state = last(STATE);
    meant.put("bdSeq", new Told("INT64", "0", "null"));
    meant.put("Node Control/Rebirth", new Told("BOOLEAN", "false", "null"));
    meant.put("Properties/Instance", text(state.path("instance").asText()));
    meant.put("Properties/Name", text(state.path("name").asText()));
    meant.put("Properties/Software", text(state.path("software").asText()));
    meant.put("Properties/Address", text(daemon.address().toString()));
    meant.put("Heat/State", text(state.at("/heat/state").asText()));
    meant.put("Heat/Reason", text(state.at("/heat/reason").asText()));
    meant.put("Jobs/Running", new Told("INT32", "0", "count"));
    meant.put("Jobs/Waiting", new Told("INT32", "0", "count"));
    meant.put("Alarms/Active", new Told("INT32", "" + state.path("alarms").size(), "count"));
    meant.put("Events/Alarm", new Told("STRING", "null", "null"));
    state
        .path("packs")
        .properties()
        .forEach(
            pack ->
                meant.put(
                    "Packs/" + pack.getKey(), text(pack.getValue().path("version").asText())));
    JsonObject readings = telemetry().getJsonObject("readings");
    for (String id : readings.fieldNames()) {
      JsonObject reading = readings.getJsonObject(id);
      meant.put(
          "Readings/" + id,
          new Told("DOUBLE", String.valueOf(reading.getValue("value")), reading.getString("unit")));
    }
    assertThat(meant).hasSizeGreaterThan(60);
    return meant;
  }

  private static Told text(String value) {
    return new Told("STRING", value, "null");
  }

  private static JsonObject telemetry() {
    try (Wire wire = Wire.unix(folder.resolve("data/api.sock"))) {
      wire.say(Request.get("/api/v1/telemetry").wire("box"));
      return wire.answer().has(200).json();
    }
  }

  @Test
  @Order(1)
  void homeAssistantsTemplatesMakeOfTheStateWhatTheSensorsTell() throws Exception {
    JsonNode state = last(STATE);
    JsonObject rendered = rendered(state);
    assertThat(rendered.getString("availability")).isEqualTo("online");
    JsonObject values = rendered.getJsonObject("components");
    JsonObject readings = telemetry().getJsonObject("readings");
    for (String id : readings.fieldNames()) {
      JsonObject reading = readings.getJsonObject(id);
      Double value = reading.getDouble("value");
      String told = values.getString(id.replaceAll("[^A-Za-z0-9_-]", "_"));
      if (value == null) {
        assertThat(told).as(id).isEqualTo("None"); // which Home Assistant shows as unknown
      } else {
        double scale = reading.getString("unit").equals("ratio") ? 100 : 1;
        assertThat(Double.parseDouble(told)).as(id).isEqualTo(value * scale);
      }
    }
    assertThat(Double.parseDouble(values.getString("energy")))
        .isEqualTo(state.path("energy_joules").asDouble() / 3600);
    assertThat(values.getString("heat")).isEqualTo("OFF");
    assertThat(values.getString("alarms")).isEqualTo("OFF");
    String pack = state.path("packs").fieldNames().next();
    String version = state.at("/packs/" + pack + "/version").asText();
    assertThat(new JsonObject(values.getString("pack_" + pack.replaceAll("[^A-Za-z0-9_-]", "_"))))
        .isEqualTo(
            new JsonObject().put("installed_version", version).put("latest_version", version));
  }

  @Test
  @Order(1)
  void homeAssistantSeesABoxThatIsGone() throws Exception {
    JsonNode will = new ObjectMapper().createObjectNode().put("online", false).put("box", "one");
    JsonObject rendered = rendered(will);
    assertThat(rendered.getString("availability")).isEqualTo("offline");
    assertThat(rendered.getJsonObject("components").getString("temperature_soc")).isEqualTo("None");
    assertThat(rendered.getJsonObject("components").getString("heat")).isEqualTo("OFF");
  }

  private static JsonObject rendered(JsonNode state) throws IOException, InterruptedException {
    await().atMost(PATIENCE).until(() -> !plain.heard(DEVICE).isEmpty());
    Process process =
        new ProcessBuilder(python.path("python"), SOURCES.resolve("homeassistant.py").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var to = process.outputWriter(StandardCharsets.UTF_8)) {
      to.write("{\"device\":" + last(DEVICE) + ",\"state\":" + state + "}");
    }
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return new JsonObject(told);
  }
}
