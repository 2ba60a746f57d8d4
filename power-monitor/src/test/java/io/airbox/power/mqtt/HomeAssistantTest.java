package io.airbox.power.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.Unit;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of Home Assistant's discovery in the device form of 2024.11, one by one. */
class HomeAssistantTest {
  private static final String ID = "[a-zA-Z0-9_-]+";
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final String STATE = "airbox/v1/lab/one/state";

  /** Of every unit one, with the names that a box and other machines use. */
  private final List<Reading> readings =
      new ArrayList<>(
          List.of(
              reading("temperature.soc", Unit.CELSIUS),
              reading("power.input", Unit.WATTS),
              reading("voltage.nct6775.in0", Unit.VOLTS),
              reading("current.ina219.curr1", Unit.AMPERES),
              reading("cpu.clock", Unit.HERTZ),
              reading("fan.speed", Unit.RPM),
              reading("tpu.use", Unit.RATIO),
              reading("tpu.heap.npu.used", Unit.BYTES),
              reading("network.eth0.sent", Unit.BYTES_PER_SECOND),
              reading("uptime.system", Unit.SECONDS),
              reading("energy.meter", Unit.JOULES),
              reading("throttle.level", Unit.COUNT)));

  private List<BoxState.Pack> packs = List.of(new BoxState.Pack("sd15-lcm", "1.2.0"));

  private static Reading reading(String id, Unit unit) {
    return new Reading(id, unit, Quality.GOOD, OptionalDouble.of(0.5), Duration.ZERO, "file", "");
  }

  private BoxState box() {
    return new BoxState(
        "Box one",
        "0.1.0",
        Optional.of("http://box.lan:8999/"),
        Optional.of(new Sample(NOW, 1, readings, List.of())),
        new Decision(ThermalState.NORMAL, 0, ""),
        List.of(),
        packs,
        OptionalDouble.of(7200),
        0,
        0);
  }

  private final MqttSettings settings =
      new MqttSettings(
          URI.create("tcp://127.0.0.1:1"),
          Set.of(Layout.HOMEASSISTANT),
          "lab",
          "one",
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Optional.empty(),
          "homeassistant");

  private JsonProtocol protocol;

  @BeforeEach
  void open(@TempDir Path folder) throws IOException {
    protocol =
        new JsonProtocol(
            settings,
            new Rivals(settings, "0123456789", () -> 0),
            this::box,
            (verb, order) -> Documents.JSON.createObjectNode(),
            new SignedCommands(
                settings, Optional.empty(), folder.resolve("nonces"), InstantSource.fixed(NOW)),
            () -> 0,
            InstantSource.fixed(NOW));
  }

  /** What is published of the device now; empty when it was told before. */
  private Optional<Packet> told() {
    return protocol.state().stream().filter(each -> !each.topic().equals(STATE)).findFirst();
  }

  private Packet packet() {
    protocol.connected();
    return told().orElseThrow();
  }

  private ObjectNode device() {
    return Documents.object(packet().payload()).orElseThrow();
  }

  private Map<String, JsonNode> components() {
    Map<String, JsonNode> components = new HashMap<>();
    device()
        .path("cmps")
        .properties()
        .forEach(each -> components.put(each.getKey(), each.getValue()));
    return components;
  }

  private JsonNode component(String key) {
    return device().path("cmps").path(key);
  }

  @Test
  void itsTopicIsTheDeviceFormWithAnObjectId() {
    assertThat(packet().topic()).matches("homeassistant/device/" + ID + "/config");
  }

  @Test
  void itIsRetainedSoThatARestartOfHomeAssistantFindsIt() {
    assertThat(packet().retained()).isTrue();
  }

  @Test
  void itIsAJsonObjectOfKeysThatAreKnown() {
    assertThat(names(device()))
        .isSubsetOf(
            "dev",
            "o",
            "cmps",
            "state_topic",
            "avty_t",
            "avty_tpl",
            "pl_avail",
            "pl_not_avail",
            "qos");
  }

  @Test
  void theOriginIsThereAndHasItsNameAndVersion() {
    assertThat(device().at("/o/name").asText()).isEqualTo("airbox");
    assertThat(device().at("/o/sw").asText()).isEqualTo("0.1.0");
  }

  @Test
  void theOriginHasNoOtherKeys() {
    assertThat(names(device().path("o"))).isSubsetOf("name", "sw", "url");
  }

  @Test
  void theDeviceHasAnIdentifier() {
    assertThat(device().at("/dev/ids")).hasSize(1);
  }

  @Test
  void theDeviceHasNoUnknownKeys() {
    assertThat(names(device().path("dev")))
        .isSubsetOf(
            "ids",
            "cns",
            "name",
            "mf",
            "mdl",
            "mdl_id",
            "sw",
            "hw",
            "sn",
            "cu",
            "sa",
            "via_device");
  }

  @Test
  void theDeviceNamesItselfItsMakerModelAndSoftware() {
    JsonNode device = device().path("dev");
    assertThat(List.of("name", "mf", "mdl", "sw"))
        .allSatisfy(key -> assertThat(device.path(key).asText()).isNotEmpty());
  }

  @Test
  void itsConfigurationAddressIsAnUrlOfHttp() {
    assertThat(device().at("/dev/cu").asText()).matches("https?://.+");
  }

  @Test
  void aBoxWithoutAnAddressNamesNone() {
    BoxState box = box();
    ObjectNode device =
        HomeAssistant.device(
            settings,
            STATE,
            new BoxState(
                box.name(),
                box.software(),
                Optional.empty(),
                box.sample(),
                box.heat(),
                box.alarms(),
                box.packs(),
                box.joules(),
                0,
                0),
            new HashMap<>());
    assertThat(device.path("dev").has("cu")).isFalse();
  }

  @Test
  void everyComponentHasAPlatform() {
    assertThat(components().values())
        .allSatisfy(
            each -> assertThat(each.path("p").asText()).isIn("sensor", "binary_sensor", "update"));
  }

  @Test
  void everyComponentsKeyIsAnObjectId() {
    assertThat(components().keySet()).allSatisfy(key -> assertThat(key).matches(ID));
  }

  @Test
  void everyComponentHasAUniqueId() {
    List<String> ids =
        components().values().stream().map(each -> each.path("unique_id").asText()).toList();
    assertThat(ids).doesNotHaveDuplicates().allSatisfy(id -> assertThat(id).matches(ID));
  }

  @Test
  void uniqueIdsOfTwoBoxesDiffer() {
    assertThat(component("power_input").path("unique_id").asText())
        .isEqualTo("airbox_lab_one_power_input");
  }

  @Test
  void everyComponentHasNoUnknownKeys() {
    assertThat(components().values())
        .allSatisfy(
            each ->
                assertThat(names(each))
                    .isSubsetOf(
                        "p",
                        "unique_id",
                        "name",
                        "device_class",
                        "unit_of_measurement",
                        "state_class",
                        "val_tpl",
                        "sug_dsp_prc",
                        "exp_aft",
                        "ent_cat"));
  }

  @Test
  void allComponentsShareTheStateTopic() {
    assertThat(device().path("state_topic").asText()).isEqualTo(STATE);
  }

  @Test
  void everyComponentTakesItsValueOutOfTheSharedState() {
    assertThat(components().values())
        .allSatisfy(each -> assertThat(each.path("val_tpl").asText()).contains("value_json"));
  }

  @Test
  void availabilityIsTheTopicOfTheWill() {
    assertThat(device().path("avty_t").asText()).isEqualTo(protocol.will().topic());
  }

  @Test
  void theWillIsRetained() {
    assertThat(protocol.will().retained()).isTrue();
  }

  @Test
  void availabilityNamesItsTwoAnswersAsTheTemplateGivesThem() {
    assertThat(device().path("avty_tpl").asText())
        .contains(
            "'" + device().path("pl_avail").asText() + "'",
            "'" + device().path("pl_not_avail").asText() + "'");
  }

  @Test
  void theQualityOfServiceIsThatOfTheState() {
    assertThat(device().path("qos").asInt()).isEqualTo(protocol.will().qos());
  }

  @Test
  void aSensorExpiresOnlyAfterSeveralIntervals() {
    assertThat(component("power_input").path("exp_aft").asLong())
        .isGreaterThan(settings.interval().toSeconds());
  }

  @Test
  void theOnlyCategoryIsDiagnostic() {
    assertThat(components().values())
        .allSatisfy(
            each -> assertThat(each.path("ent_cat").asText("diagnostic")).isEqualTo("diagnostic"));
  }

  @Test
  void digitsAreWholeNumbers() {
    assertThat(components().values())
        .filteredOn(each -> each.has("sug_dsp_prc"))
        .isNotEmpty()
        .allSatisfy(each -> assertThat(each.path("sug_dsp_prc").isInt()).isTrue());
  }

  private void is(String key, String deviceClass, String unit, String stateClass) {
    JsonNode component = component(key);
    assertThat(component.path("device_class").asText("none")).isEqualTo(deviceClass);
    assertThat(component.path("unit_of_measurement").asText("none")).isEqualTo(unit);
    assertThat(component.path("state_class").asText("none")).isEqualTo(stateClass);
  }

  @Test
  void aTemperature() {
    is("temperature_soc", "temperature", "°C", "measurement");
  }

  @Test
  void aPower() {
    is("power_input", "power", "W", "measurement");
  }

  @Test
  void theEnergySinceTheStart() {
    is("energy", "energy", "Wh", "total_increasing");
  }

  @Test
  void anEnergyReadingOnlyGrows() {
    is("energy_meter", "energy", "J", "total_increasing");
  }

  @Test
  void aVoltage() {
    is("voltage_nct6775_in0", "voltage", "V", "measurement");
  }

  @Test
  void aCurrent() {
    is("current_ina219_curr1", "current", "A", "measurement");
  }

  @Test
  void aClock() {
    is("cpu_clock", "frequency", "Hz", "measurement");
  }

  @Test
  void aMemory() {
    is("tpu_heap_npu_used", "data_size", "B", "measurement");
  }

  @Test
  void aRateOfTheNetwork() {
    is("network_eth0_sent", "data_rate", "B/s", "measurement");
  }

  @Test
  void aShareHasNoClassAndIsAPercentage() {
    is("tpu_use", "none", "%", "measurement");
    assertThat(component("tpu_use").path("val_tpl").asText()).contains("* 100");
  }

  @Test
  void aFanHasNoClass() {
    is("fan_speed", "none", "rpm", "measurement");
  }

  @Test
  void anUptime() {
    is("uptime_system", "duration", "s", "total_increasing");
  }

  @Test
  void aBareNumberHasNeitherClassNorUnit() {
    is("throttle_level", "none", "none", "measurement");
  }

  @Test
  void overheatingIsHeat() {
    is("heat", "heat", "none", "none");
    assertThat(component("heat").path("p").asText()).isEqualTo("binary_sensor");
  }

  @Test
  void alarmsAreAProblem() {
    is("alarms", "problem", "none", "none");
    assertThat(component("alarms").path("p").asText()).isEqualTo("binary_sensor");
  }

  @Test
  void aBinarySensorSaysOnOrOff() {
    assertThat(component("alarms").path("val_tpl").asText()).contains("'ON'", "'OFF'");
  }

  @Test
  void aPackIsAnUpdateWithBothVersionsInItsState() {
    assertThat(component("pack_sd15-lcm").path("p").asText()).isEqualTo("update");
    assertThat(component("pack_sd15-lcm").path("val_tpl").asText())
        .contains("'installed_version'", "'latest_version'");
  }

  @Test
  void whatIsGoneIsLeftWithItsPlatformAlone() {
    packet();
    packs = List.of();
    readings.remove(0);
    JsonNode components =
        Documents.object(told().orElseThrow().payload()).orElseThrow().path("cmps");
    assertThat(components.path("pack_sd15-lcm").toString()).isEqualTo("{\"p\":\"update\"}");
    assertThat(components.path("temperature_soc").toString()).isEqualTo("{\"p\":\"sensor\"}");
    assertThat(components.path("power_input").has("unique_id")).isTrue();
  }

  @Test
  void itIsToldOncePerConnectionUnlessItChanges() {
    packet();
    assertThat(told()).isEmpty();
    packs = List.of();
    assertThat(told()).isPresent();
  }

  private static List<String> names(JsonNode node) {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }
}
