package io.airbox.daemon.cli;

import io.airbox.power.mqtt.FleetWatcher.Seen;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Boxes as a document, and as a table for people. */
final class FleetText {
  private FleetText() {}

  /** Each box's state as it told it, with {@code age_seconds} since it was heard. */
  static JsonObject document(List<Seen> boxes) {
    JsonArray all = new JsonArray();
    for (Seen seen : boxes) {
      JsonObject state = new JsonObject(seen.state().toString());
      all.add(
          state
              .put("site", seen.site())
              .put("box", seen.box())
              .put("online", Boolean.TRUE.equals(state.getValue("online")))
              .put("age_seconds", seen.ageSeconds()));
    }
    return new JsonObject().put("boxes", all);
  }

  static String of(JsonObject document) {
    JsonArray boxes = document.getJsonArray("boxes");
    if (boxes.isEmpty()) {
      return "no box has told this broker anything";
    }
    Table table = new Table("SITE/BOX", "ONLINE", "CHIP", "POWER", "TPU", "PACKS", "ALARMS");
    for (int i = 0; i < boxes.size(); i++) {
      JsonObject box = boxes.getJsonObject(i);
      boolean online = box.getBoolean("online");
      table.row(
          box.getString("site") + "/" + box.getString("box"),
          online ? "yes" : "no, " + text(box.getValue("reason")),
          online ? reading(box, "temperature.soc", 1, "°C") : "–",
          online ? reading(box, "power.input", 1, "W") : "–",
          online ? reading(box, "tpu.use", 100, "%") : "–",
          packs(box.getValue("packs")),
          alarms(box.getValue("alarms")));
    }
    return table.toString();
  }

  private static String text(Object value) {
    return value instanceof String text ? text : "";
  }

  private static String reading(JsonObject box, String id, double scale, String unit) {
    return box.getValue("readings") instanceof JsonObject readings
            && readings.getValue(id) instanceof Number value
        ? String.format(Locale.ROOT, "%.1f %s", value.doubleValue() * scale, unit)
        : "–";
  }

  private static String packs(Object packs) {
    return packs instanceof JsonObject all
        ? all.stream()
            .map(
                each ->
                    each.getKey()
                        + (each.getValue() instanceof JsonObject pack
                            ? " " + text(pack.getValue("version"))
                            : ""))
            .collect(Collectors.joining(", "))
        : "";
  }

  private static String alarms(Object alarms) {
    return alarms instanceof JsonArray all
        ? all.stream()
            .map(each -> each instanceof JsonObject alarm ? text(alarm.getValue("alarm")) : "")
            .collect(Collectors.joining(", "))
        : "";
  }
}
