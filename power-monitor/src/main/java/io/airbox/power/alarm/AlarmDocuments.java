package io.airbox.power.alarm;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.power.WallClock;

/** Alarms as others are told them. Times are milliseconds since 1970, units are base units. */
public final class AlarmDocuments {
  private AlarmDocuments() {}

  /** An alarm that holds. */
  public static ObjectNode of(Alarm alarm) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("alarm", alarm.id());
    node.put("occurrence", alarm.occurrence());
    node.put("severity", alarm.severity().id());
    node.put("raised_at", alarm.raisedAt().toEpochMilli());
    node.put("reason", alarm.reason());
    alarm.value().ifPresent(value -> node.put("value", value));
    node.put("unit", alarm.unit().id());
    node.put("process", alarm.process());
    return node;
  }

  /** That one was raised or cleared. */
  public static ObjectNode of(AlarmEvent event) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", event.id());
    node.put("kind", "alarm");
    node.put("event", event.transition());
    node.put("at", event.at().toEpochMilli());
    node.put("clock_set", WallClock.isSet(event.at()));
    node.setAll(of(event.alarm()));
    node.put("reason", event.reason());
    node.remove("value");
    event.value().ifPresent(value -> node.put("value", value));
    return node;
  }
}
