package io.airbox.daemon.http;

import io.airbox.daemon.tpu.HeapView;
import io.airbox.daemon.tpu.Told;
import io.airbox.daemon.tpu.TpuHealth;
import io.airbox.daemon.tpu.TpuView;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.PackMemory;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/** Figures of the TPU and of the memory of packs. What nobody tells is no series, not zero. */
final class TpuMetrics {
  private final MultiGauge heaps;
  private final MultiGauge packs;
  private final MultiGauge healthy;
  private final MultiGauge clock;
  private final MultiGauge use;
  private final MultiGauge temperatures;
  private volatile long evictions;
  private volatile long refusals;

  TpuMetrics(MeterRegistry registry) {
    heaps = gauge(registry, "airbox.memory.heap.bytes", "Memory heaps: ours, others, free, total");
    packs = gauge(registry, "airbox.memory.pack.bytes", "What a loaded pack holds");
    healthy =
        gauge(registry, "airbox.tpu.healthy", "Whether the TPU takes work, where there is one");
    clock = gauge(registry, "airbox.tpu.clock.hertz", "Clock of the TPU");
    use =
        gauge(registry, "airbox.tpu.use.ratio", "Share of the last half second with work, 0 to 1");
    temperatures = gauge(registry, "airbox.tpu.temperature.celsius", "Temperature by sensor");
    counter(registry, "airbox.memory.evictions", "Packs unloaded for others", all -> all.evictions);
    counter(
        registry, "airbox.memory.refusals", "Packs refused for want of room", all -> all.refusals);
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
    return MultiGauge.builder(name).description(description).register(registry);
  }

  private void counter(
      MeterRegistry registry, String name, String description, ToLongFunction<TpuMetrics> count) {
    FunctionCounter.builder(name, this, count::applyAsLong)
        .description(description)
        .register(registry);
  }

  /** Takes the figures over. */
  void update(TpuView view) {
    heaps.register(view.heaps().stream().flatMap(heap -> rows(heap).stream()).toList(), true);
    packs.register(
        view.report().map(MemoryReport::packs).orElse(List.of()).stream()
            .map(TpuMetrics::row)
            .toList(),
        true);
    boolean known = view.health() == TpuHealth.OK || view.health() == TpuHealth.HUNG;
    healthy.register(
        known ? List.of(Row.of(Tags.empty(), view.health() == TpuHealth.OK ? 1 : 0)) : List.of(),
        true);
    clock.register(rows(Tags.empty(), view.device().clockMegahertz(), 1e6), true);
    use.register(rows(Tags.empty(), view.device().usePercent(), 0.01), true);
    List<Row<?>> sensors = new ArrayList<>();
    sensors.addAll(rows(Tags.of("sensor", "chip"), view.device().chipCelsius(), 1));
    sensors.addAll(rows(Tags.of("sensor", "board"), view.device().boardCelsius(), 1));
    temperatures.register(sensors, true);
    view.report()
        .ifPresent(
            report -> {
              evictions = report.evictions();
              refusals = report.refusals();
            });
  }

  private static List<Row<?>> rows(HeapView heap) {
    List<Row<?>> rows = new ArrayList<>();
    add(rows, heap, "total", heap.total());
    add(rows, heap, "ours", heap.ours());
    add(rows, heap, "others", heap.others());
    add(rows, heap, "free", heap.free());
    return rows;
  }

  private static void add(List<Row<?>> rows, HeapView heap, String part, OptionalLong bytes) {
    if (bytes.isPresent()) {
      rows.add(Row.of(Tags.of("heap", heap.heap(), "part", part), bytes.getAsLong()));
    }
  }

  private static Row<?> row(PackMemory pack) {
    return Row.of(Tags.of("pack", pack.name()), pack.bytes());
  }

  private static List<Row<?>> rows(Tags tags, Optional<Told<Integer>> value, double factor) {
    return value
        .<List<Row<?>>>map(told -> List.of(Row.of(tags, told.value() * factor)))
        .orElse(List.of());
  }
}
