package io.airbox.power.mqtt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.Reading;
import io.airbox.power.WallClock;
import io.airbox.power.alarm.AlarmDocuments;
import io.airbox.power.history.Minute;
import io.airbox.power.history.Series;
import io.airbox.power.history.Summary;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The documents of the plain layout. Times are milliseconds since 1970, units are base units. */
final class Documents {
  static final ObjectMapper JSON = new ObjectMapper();

  private Documents() {}

  static byte[] bytes(JsonNode document) {
    try {
      return JSON.writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts and numbers is always JSON", e);
    }
  }

  /** An object, if that is what they are. */
  static Optional<ObjectNode> object(byte[] bytes) {
    try {
      return JSON.readTree(bytes) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static ObjectNode state(MqttSettings settings, String instance, Instant at, BoxState box) {
    ObjectNode state = JSON.createObjectNode();
    state.put("online", true);
    state.put("at", at.toEpochMilli());
    state.put("clock_set", WallClock.isSet(at));
    state.put("site", settings.site());
    state.put("box", settings.box());
    state.put("instance", instance);
    state.put("name", box.name());
    state.put("software", box.software());
    box.address().ifPresent(address -> state.put("address", address));
    state.put("interval_seconds", settings.interval().toSeconds());
    state.put("keep_alive_seconds", settings.keepAlive().toSeconds());
    state
        .putObject("heat")
        .put("state", box.heat().state().id())
        .put("reason", box.heat().reason());
    state.putObject("jobs").put("running", box.jobsRunning()).put("waiting", box.jobsWaiting());
    box.joules().ifPresent(joules -> state.put("energy_joules", joules));
    ObjectNode packs = state.putObject("packs");
    box.packs().forEach(pack -> packs.putObject(pack.name()).put("version", pack.version()));
    ArrayNode alarms = state.putArray("alarms");
    box.alarms().forEach(alarm -> alarms.add(AlarmDocuments.of(alarm)));
    ObjectNode readings = state.putObject("readings");
    box.sample()
        .ifPresent(
            sample -> {
              for (Reading reading : sample.readings()) {
                reading.value().ifPresent(value -> readings.put(reading.id(), value));
              }
            });
    return state;
  }

  /** What the broker says when the box is lost, and what the box says before it goes. */
  static ObjectNode offline(MqttSettings settings, String instance, String reason) {
    return JSON.createObjectNode()
        .put("online", false)
        .put("site", settings.site())
        .put("box", settings.box())
        .put("instance", instance)
        .put("reason", reason);
  }

  static ObjectNode telemetry(String id, Minute minute) {
    ObjectNode node = JSON.createObjectNode();
    node.put("id", id);
    node.put("at", minute.end().toEpochMilli());
    node.put("clock_set", WallClock.isSet(minute.end()));
    ObjectNode readings = node.putObject("readings");
    for (Map.Entry<String, Series> each : new TreeMap<>(minute.series()).entrySet()) {
      Summary summary = each.getValue().summary();
      readings
          .putObject(each.getKey())
          .put("unit", each.getValue().unit().id())
          .put("min", summary.least())
          .put("mean", summary.mean())
          .put("max", summary.most())
          .put("count", summary.count());
    }
    return node;
  }
}
