package io.airbox.power.mqtt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.Reading;
import io.airbox.power.Unit;
import java.util.Map;
import java.util.Optional;

/**
 * The device that Home Assistant is to make of a box: its discovery in the device form of 2024.11.
 * All values come from the state of the plain layout.
 */
final class HomeAssistant {
  private HomeAssistant() {}

  static String topic(MqttSettings settings) {
    return settings.discovery() + "/device/" + id(settings) + "/config";
  }

  private static String id(MqttSettings settings) {
    return "airbox_" + settings.site() + "_" + settings.box();
  }

  /**
   * The retained document; the same for the same readings and packs.
   *
   * @param told platforms of the components that were told before; one that is left out would stay
   *     in Home Assistant, one with its platform alone goes. Gets those of now
   */
  static ObjectNode device(
      MqttSettings settings, String stateTopic, BoxState box, Map<String, String> told) {
    String id = id(settings);
    ObjectNode root = Documents.JSON.createObjectNode();
    ObjectNode device = root.putObject("dev");
    device.putArray("ids").add(id);
    device
        .put("name", box.name())
        .put("mf", "Sophgo")
        .put("mdl", "AirBox")
        .put("sw", box.software());
    box.address().ifPresent(address -> device.put("cu", address));
    root.putObject("o").put("name", "airbox").put("sw", box.software());
    root.put("state_topic", stateTopic);
    root.put("avty_t", stateTopic);
    root.put("avty_tpl", "{{ 'online' if value_json.online else 'offline' }}");
    root.put("pl_avail", "online");
    root.put("pl_not_avail", "offline");
    root.put("qos", 1);
    ObjectNode components = root.putObject("cmps");
    box.sample().stream()
        .flatMap(sample -> sample.readings().stream())
        .forEach(reading -> sensor(settings, id, reading, components));
    energy(id, components);
    binary(
        id,
        "heat",
        "Overheating",
        "heat",
        "value_json.heat is defined and value_json.heat.state in ['hot', 'critical']",
        components);
    binary(
        id,
        "alarms",
        "Alarms",
        "problem",
        "value_json.alarms is defined and value_json.alarms | length > 0",
        components);
    box.packs().forEach(pack -> update(id, pack, components));
    told.forEach(
        (key, platform) -> {
          if (!components.has(key)) {
            components.putObject(key).put("p", platform);
          }
        });
    components
        .properties()
        .forEach(each -> told.put(each.getKey(), each.getValue().path("p").asText()));
    return root;
  }

  private static void sensor(
      MqttSettings settings, String id, Reading reading, ObjectNode components) {
    String key = key(reading.id());
    ObjectNode sensor = component(id, key, "sensor", reading.id().replace('.', ' '), components);
    deviceClass(reading).ifPresent(kind -> sensor.put("device_class", kind));
    unit(reading.unit()).ifPresent(unit -> sensor.put("unit_of_measurement", unit));
    boolean grows = reading.unit() == Unit.SECONDS || reading.unit() == Unit.JOULES;
    sensor.put("state_class", grows ? "total_increasing" : "measurement");
    String scale = reading.unit() == Unit.RATIO ? " * 100" : "";
    String value = "value_json.get('readings', {}).get('" + reading.id() + "')";
    sensor.put("val_tpl", "{% set v = " + value + " %}{{ None if v is none else v" + scale + " }}");
    sensor.put("sug_dsp_prc", reading.unit() == Unit.COUNT ? 0 : 1);
    sensor.put("exp_aft", settings.interval().toSeconds() * 3);
    if (!reading.id().startsWith("temperature.soc") && !reading.id().startsWith("power.")) {
      sensor.put("ent_cat", "diagnostic");
    }
  }

  private static void energy(String id, ObjectNode components) {
    component(id, "energy", "sensor", "energy since start", components)
        .put("device_class", "energy")
        .put("unit_of_measurement", "Wh")
        .put("state_class", "total_increasing")
        .put("sug_dsp_prc", 1)
        .put(
            "val_tpl",
            "{% set v = value_json.get('energy_joules') %}{{ None if v is none else v / 3600 }}");
  }

  private static void binary(
      String id, String key, String name, String kind, String test, ObjectNode components) {
    component(id, key, "binary_sensor", name, components)
        .put("device_class", kind)
        .put("val_tpl", "{{ 'ON' if " + test + " else 'OFF' }}");
  }

  /** Until there is something newer to be had, the newest is what is installed. */
  private static void update(String id, BoxState.Pack pack, ObjectNode components) {
    String version =
        "value_json.get('packs', {}).get('" + pack.name().replace("'", "") + "', {}).version";
    component(id, "pack_" + key(pack.name()), "update", "model " + pack.name(), components)
        .put("ent_cat", "diagnostic")
        .put(
            "val_tpl",
            "{% set v = "
                + version
                + " | default('') %}{{ {'installed_version': v, 'latest_version': v} | tojson }}");
  }

  private static ObjectNode component(
      String id, String key, String platform, String name, ObjectNode components) {
    return components
        .putObject(key)
        .put("p", platform)
        .put("unique_id", id + "_" + key)
        .put("name", name);
  }

  private static String key(String name) {
    return name.replaceAll("[^A-Za-z0-9_-]", "_");
  }

  private static Optional<String> deviceClass(Reading reading) {
    return switch (reading.unit()) {
      case CELSIUS -> Optional.of("temperature");
      case WATTS -> Optional.of("power");
      case JOULES -> Optional.of("energy");
      case VOLTS -> Optional.of("voltage");
      case AMPERES -> Optional.of("current");
      case HERTZ -> Optional.of("frequency");
      case BYTES -> Optional.of("data_size");
      case BYTES_PER_SECOND -> Optional.of("data_rate");
      case SECONDS -> Optional.of("duration");
      case RPM, RATIO, COUNT -> Optional.empty();
    };
  }

  private static Optional<String> unit(Unit unit) {
    return switch (unit) {
      case RATIO -> Optional.of("%");
      case COUNT -> Optional.empty();
      default -> Optional.of(unit.symbol());
    };
  }
}
