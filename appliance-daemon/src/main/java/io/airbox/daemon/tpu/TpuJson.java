package io.airbox.daemon.tpu;

import io.airbox.generation.engine.Holding;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.NetworkMemory;
import io.airbox.generation.memory.PackMemory;
import io.airbox.sophon.facts.MemoryUser;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes a {@link TpuView} as the document {@code Tpu} of {@code openapi.json}: every field is
 * there, and null is what nobody tells.
 */
public final class TpuJson {
  private TpuJson() {}

  /**
   * The document.
   *
   * @param now from which ages count
   * @param whole whether serial number and processes are shown, which are not for everybody
   */
  public static JsonObject of(TpuView view, Instant now, boolean whole) {
    Optional<MemoryReport> report = view.report();
    return new JsonObject()
        .put("at", report.map(told -> time(told.at())).orElse(null))
        .put("age_seconds", report.map(told -> age(told, now)).orElse(null))
        .put("engine", report.map(MemoryReport::engine).orElse(null))
        .put("device", device(view, whole))
        .put("memory", view.memory().map(TpuJson::json).orElse(null))
        .put("heaps", array(view.heaps(), TpuJson::json))
        .put("limit_bytes", report.map(told -> orNull(told.limitBytes())).orElse(null))
        .put("headroom_bytes", report.map(MemoryReport::headroomBytes).orElse(null))
        .put("evictions", report.map(MemoryReport::evictions).orElse(null))
        .put("refusals", report.map(MemoryReport::refusals).orElse(null))
        .put("packs", array(report.map(MemoryReport::packs).orElse(List.of()), TpuJson::json))
        .put(
            "processes",
            whole ? view.processes().map(users -> array(users, TpuJson::json)).orElse(null) : null);
  }

  /** Health and its reason, as the status of the box tells it. */
  public static JsonObject health(TpuView view) {
    return new JsonObject()
        .put("health", view.health().id())
        .put("reason", view.reason().orElse(null));
  }

  private static JsonObject device(TpuView view, boolean whole) {
    TpuView.Device device = view.device();
    JsonObject json =
        new JsonObject()
            .put("present", view.present())
            .put("health", view.health().id())
            .put("reason", view.reason().orElse(null));
    JsonObject sources = new JsonObject();
    put(json, sources, "name", device.name());
    put(json, sources, "mode", device.mode());
    put(json, sources, "chip", device.chip());
    put(json, sources, "board", device.board());
    put(json, sources, "device_tree", device.deviceTree());
    put(json, sources, "serial_number", whole ? device.serialNumber() : Optional.empty());
    put(json, sources, "library_version", device.libraryVersion());
    put(json, sources, "driver_version", device.driverVersion());
    put(json, sources, "clock_mhz", device.clockMegahertz());
    put(json, sources, "clock_min_mhz", device.minimumMegahertz());
    put(json, sources, "clock_max_mhz", device.maximumMegahertz());
    put(json, sources, "use_percent", device.usePercent());
    put(json, sources, "average_use_percent", device.averageUsePercent());
    put(json, sources, "chip_celsius", device.chipCelsius());
    put(json, sources, "board_celsius", device.boardCelsius());
    return json.put("sources", sources);
  }

  private static <T> void put(
      JsonObject json, JsonObject sources, String name, Optional<Told<T>> told) {
    json.put(name, told.map(Told::value).orElse(null));
    told.ifPresent(known -> sources.put(name, known.source()));
  }

  private static JsonObject json(TpuView.Sum sum) {
    return new JsonObject()
        .put("total_bytes", sum.total())
        .put("used_bytes", sum.used())
        .put("source", sum.source());
  }

  private static JsonObject json(HeapView heap) {
    return new JsonObject()
        .put("heap", heap.heap())
        .put("total_bytes", orNull(heap.total()))
        .put("used_bytes", orNull(heap.used()))
        .put("ours_bytes", orNull(heap.ours()))
        .put("others_bytes", orNull(heap.others()))
        .put("free_bytes", orNull(heap.free()))
        .put("peak_bytes", orNull(heap.peak()))
        .put("ours_peak_bytes", orNull(heap.oursPeak()))
        .put("source", heap.source());
  }

  /** One loaded pack. */
  static JsonObject json(PackMemory pack) {
    return new JsonObject()
        .put("name", pack.name())
        .put("version", pack.version())
        .put("digest", pack.digest())
        .put("engine", pack.engine())
        .put("pinned", pack.pinned())
        .put("running", pack.running())
        .put("bytes", pack.bytes())
        .put("declared_bytes", pack.declaredBytes())
        .put("measured_bytes", orNull(pack.measuredBytes()))
        .put("last_used", time(pack.lastUsed()))
        .put("networks", array(pack.networks(), TpuJson::json));
  }

  private static JsonObject json(NetworkMemory network) {
    return new JsonObject()
        .put("role", network.role())
        .put("file", network.file())
        .put("shared", network.shared())
        .put("bytes", network.bytes())
        .put("buffers", array(network.holdings(), TpuJson::json));
  }

  private static JsonObject json(Holding holding) {
    return new JsonObject()
        .put("heap", holding.heap())
        .put("purpose", holding.purpose())
        .put("bytes", holding.bytes());
  }

  private static JsonObject json(MemoryUser user) {
    return new JsonObject()
        .put("pid", user.pid())
        .put("name", user.name())
        .put("bytes", user.bytes());
  }

  private static <T> JsonArray array(
      List<T> values, java.util.function.Function<T, JsonObject> json) {
    return new JsonArray(values.stream().map(json).toList());
  }

  private static @Nullable Long orNull(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  private static double age(MemoryReport report, Instant now) {
    return Math.max(0, Duration.between(report.at(), now).toMillis()) / 1000.0;
  }

  private static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
