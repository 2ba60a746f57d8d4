package io.airbox.daemon.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The document {@code Tpu} as lines for people. What nobody tells is called unknown. */
final class TpuText {
  private static final String UNKNOWN = "unknown";
  private static final int BAR = 40;

  private TpuText() {}

  /** What bm-smi shows, row by row, and the packs. */
  static String status(JsonObject tpu) {
    JsonObject device = tpu.getJsonObject("device");
    if (!device.getBoolean("present")) {
      return joined(
          new Table().row("TPU", "none: " + device.getString("reason")), heaps(tpu, false));
    }
    Table facts =
        new Table()
            .row("board", board(device))
            .row("chip", text(device, "chip"))
            .row("name and mode", text(device, "name") + ", " + text(device, "mode"))
            .row("serial number", text(device, "serial_number"))
            .row("library", text(device, "library_version"))
            .row("driver", text(device, "driver_version"))
            .row("state", state(device))
            .row("chip temperature", number(device, "chip_celsius", " °C"))
            .row("board temperature", number(device, "board_celsius", " °C"))
            .row("TPU use", use(device))
            .row("clock", clock(device))
            .row("memory", memory(tpu.getJsonObject("memory")))
            .row("not told", "power, voltage, current, ECC, fan, bus (SOC mode)");
    return joined(facts, heaps(tpu, false), processes(tpu));
  }

  private static String board(JsonObject device) {
    String tree = device.getString("device_tree");
    return text(device, "board") + (tree == null ? "" : " (" + tree + ")");
  }

  private static String state(JsonObject device) {
    return switch (device.getString("health")) {
      case "ok" -> "active";
      case "hung" -> "fault: " + device.getString("reason");
      default -> UNKNOWN + ": " + device.getString("reason");
    };
  }

  private static String use(JsonObject device) {
    Integer average = device.getInteger("average_use_percent");
    return number(device, "use_percent", " %")
        + (average == null ? "" : ", " + average + " % since the driver was loaded");
  }

  private static String clock(JsonObject device) {
    Integer least = device.getInteger("clock_min_mhz");
    Integer most = device.getInteger("clock_max_mhz");
    return number(device, "clock_mhz", " MHz")
        + (least == null || most == null ? "" : ", of " + least + "…" + most + " MHz");
  }

  private static String memory(@Nullable JsonObject memory) {
    return memory == null
        ? UNKNOWN
        : size(memory.getLong("used_bytes")) + " of " + size(memory.getLong("total_bytes"));
  }

  /**
   * How full each heap is, and with which packs.
   *
   * @param bars whether to draw it too
   */
  static String heaps(JsonObject tpu, boolean bars) {
    List<JsonObject> heaps = objects(tpu.getJsonArray("heaps"));
    if (heaps.isEmpty()) {
      return joined(
          "heaps: unknown; a daemon tells them, or files that only root may read", packs(tpu));
    }
    Table table = new Table("HEAP", "TOTAL", "OURS", "OTHERS", "FREE", "PEAK");
    for (JsonObject heap : heaps) {
      table.row(
          heap.getString("heap"),
          size(heap.getLong("total_bytes")),
          size(heap.getLong("ours_bytes")),
          size(others(heap)),
          size(heap.getLong("free_bytes")),
          size(heap.getLong("peak_bytes")));
    }
    String drawn =
        bars
            ? String.join("\n", heaps.stream().map(TpuText::bar).flatMap(Optional::stream).toList())
            : "";
    return joined(table, drawn, packs(tpu));
  }

  /** What others use; without our own books, all that is used. */
  private static @Nullable Long others(JsonObject heap) {
    return heap.getLong("ours_bytes") == null
        ? heap.getLong("used_bytes")
        : heap.getLong("others_bytes");
  }

  /** {@code npu [####::::··········]}: ours, others, free. */
  private static Optional<String> bar(JsonObject heap) {
    Long total = heap.getLong("total_bytes");
    Long others = others(heap);
    if (total == null || total <= 0 || others == null) {
      return Optional.empty();
    }
    long ours = heap.getLong("ours_bytes", 0L) == null ? 0 : heap.getLong("ours_bytes", 0L);
    int first = cells(ours, total);
    int second = Math.min(BAR - first, cells(others, total));
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%-4s [%s%s%s]  # ours, : others",
            Table.harmless(heap.getString("heap")),
            "#".repeat(first),
            ":".repeat(second),
            " ".repeat(BAR - first - second)));
  }

  /** A little is seen too. */
  private static int cells(long bytes, long total) {
    return bytes == 0
        ? 0
        : (int) Math.min(BAR, Math.max(1, Math.round((double) bytes / total * BAR)));
  }

  /** Which packs are loaded. */
  static String packs(JsonObject tpu) {
    if (tpu.getString("at") == null) {
      return "";
    }
    List<JsonObject> packs = objects(tpu.getJsonArray("packs"));
    if (packs.isEmpty()) {
      return "no pack is loaded";
    }
    Table table = new Table("PACK", "VERSION", "ENGINE", "HOLDS", "PINNED", "NOW");
    for (JsonObject pack : packs) {
      table.row(
          pack.getString("name"),
          pack.getString("version"),
          pack.getString("engine"),
          size(pack.getLong("bytes")),
          pack.getBoolean("pinned") ? "pinned" : "-",
          pack.getBoolean("running") ? "makes pictures" : "-");
    }
    return table.toString();
  }

  private static String processes(JsonObject tpu) {
    JsonArray seen = tpu.getJsonArray("processes");
    if (seen == null) {
      return "processes: unknown; root and operators may see them";
    }
    List<JsonObject> processes = objects(seen);
    if (processes.isEmpty()) {
      return "no process holds device memory";
    }
    Table table = new Table("PID", "PROCESS", "HOLDS");
    long sum = 0;
    for (JsonObject process : processes) {
      long bytes = process.getLong("bytes");
      sum += bytes;
      table.row(process.getLong("pid").toString(), process.getString("name"), size(bytes));
    }
    JsonObject memory = tpu.getJsonObject("memory");
    if (memory != null && memory.getLong("used_bytes") > sum) {
      table.row("?", "others, not seen", size(memory.getLong("used_bytes") - sum));
    }
    return table.toString();
  }

  private static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }

  private static String text(JsonObject object, String name) {
    return or(object.getString(name), Function.identity());
  }

  private static String number(JsonObject object, String name, String unit) {
    return or(object.getInteger(name), value -> value + unit);
  }

  private static <T> String or(@Nullable T value, Function<T, String> text) {
    return value == null ? UNKNOWN : text.apply(value);
  }

  /** In MiB as bm-smi counts, rounded up, so that what is there is never zero. */
  static String size(@Nullable Long bytes) {
    return bytes == null ? UNKNOWN : ((bytes + (1 << 20) - 1) >> 20) + " MiB";
  }

  private static String joined(Object... parts) {
    List<String> texts = new ArrayList<>();
    for (Object part : parts) {
      String text = part.toString();
      if (!text.isEmpty()) {
        texts.add(text);
      }
    }
    return String.join("\n\n", texts);
  }
}
