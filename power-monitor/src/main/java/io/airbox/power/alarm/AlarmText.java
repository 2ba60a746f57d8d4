package io.airbox.power.alarm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.Unit;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/** The book's file: JSON of our own, read by us alone. */
final class AlarmText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FORMAT = 1;

  /** What the file holds. */
  record State(List<Alarm> active, List<AlarmEvent> unsettled) {
    static final State EMPTY = new State(List.of(), List.of());
  }

  /** It is not what was written. */
  static final class GarbledException extends Exception {
    private static final long serialVersionUID = 1;

    GarbledException(String message) {
      super(message);
    }
  }

  private AlarmText() {}

  static byte[] write(State state) {
    ObjectNode document = JSON.createObjectNode().put("format", FORMAT);
    ArrayNode active = document.putArray("active");
    state.active().forEach(alarm -> active.add(of(alarm)));
    ArrayNode unsettled = document.putArray("unsettled");
    for (AlarmEvent event : state.unsettled()) {
      ObjectNode node = unsettled.addObject();
      node.set("alarm", of(event.alarm()));
      node.put("raised", event.raised());
      node.put("at", event.at().toString());
      node.put("reason", event.reason());
      event.value().ifPresent(value -> node.put("value", value));
    }
    try {
      return JSON.writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts and numbers is always JSON", e);
    }
  }

  private static ObjectNode of(Alarm alarm) {
    ObjectNode node = JSON.createObjectNode();
    node.put("id", alarm.id());
    node.put("occurrence", alarm.occurrence());
    node.put("severity", alarm.severity().id());
    node.put("raised_at", alarm.raisedAt().toString());
    node.put("reason", alarm.reason());
    alarm.value().ifPresent(value -> node.put("value", value));
    node.put("unit", alarm.unit().id());
    node.put("process", alarm.process());
    return node;
  }

  static State read(byte[] content) throws GarbledException {
    try {
      JsonNode document = JSON.readTree(content);
      if (document.path("format").asInt() != FORMAT) {
        throw new GarbledException("its format is not " + FORMAT);
      }
      List<Alarm> active = new ArrayList<>();
      for (JsonNode node : document.path("active")) {
        active.add(alarm(node));
      }
      List<AlarmEvent> unsettled = new ArrayList<>();
      for (JsonNode node : document.path("unsettled")) {
        unsettled.add(
            new AlarmEvent(
                alarm(node.path("alarm")),
                node.path("raised").asBoolean(),
                Instant.parse(text(node, "at")),
                text(node, "reason"),
                value(node)));
      }
      return new State(active, unsettled);
    } catch (IOException e) {
      throw new GarbledException("it is not JSON");
    } catch (DateTimeException e) {
      throw new GarbledException("a time is none");
    }
  }

  private static Alarm alarm(JsonNode node) throws GarbledException {
    String unit = text(node, "unit");
    String severity = text(node, "severity");
    return new Alarm(
        text(node, "id"),
        text(node, "occurrence"),
        Severity.of(severity).orElseThrow(() -> new GarbledException("severity " + severity)),
        Instant.parse(text(node, "raised_at")),
        text(node, "reason"),
        value(node),
        Arrays.stream(Unit.values())
            .filter(each -> each.id().equals(unit))
            .findFirst()
            .orElseThrow(() -> new GarbledException("unit " + unit)),
        text(node, "process"));
  }

  private static String text(JsonNode node, String name) throws GarbledException {
    JsonNode text = node.path(name);
    if (!text.isTextual()) {
      throw new GarbledException("\"" + name + "\" is missing");
    }
    return text.textValue();
  }

  private static OptionalDouble value(JsonNode node) {
    JsonNode value = node.path("value");
    return value.isNumber() ? OptionalDouble.of(value.doubleValue()) : OptionalDouble.empty();
  }
}
