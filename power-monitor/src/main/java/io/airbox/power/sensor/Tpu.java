package io.airbox.power.sensor;

import io.airbox.power.Unit;
import io.airbox.sophon.Heap;
import io.airbox.sophon.facts.TpuActivity;
import io.airbox.sophon.facts.TpuFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The TPU's use, clock and heaps. Clock and heaps are for root only. */
final class Tpu implements Probe {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final double PERCENT = 100;
  private static final double MEGA = 1e6;

  private final SystemFiles files;

  Tpu(SystemFiles files) {
    this.files = files;
  }

  @Override
  public String name() {
    return "tpu";
  }

  @Override
  public Duration period() {
    return PERIOD;
  }

  @Override
  public Findings read() {
    TpuActivity activity = TpuActivity.read(files.root());
    List<Measurement> found = new ArrayList<>();
    found.add(
        activity.usePercent().isPresent()
            ? Measurement.of(
                "tpu.use", Unit.RATIO, activity.usePercent().getAsInt() / PERCENT, TpuFacts.USE)
            : untold("tpu.use", Unit.RATIO, TpuFacts.USE));
    found.add(
        activity.averageUsePercent().isPresent()
            ? Measurement.of(
                "tpu.use.average",
                Unit.RATIO,
                activity.averageUsePercent().getAsInt() / PERCENT,
                TpuFacts.USE)
            : untold("tpu.use.average", Unit.RATIO, TpuFacts.USE));
    found.add(
        activity.tpuMegahertz().isPresent()
            ? Measurement.of(
                "tpu.clock",
                Unit.HERTZ,
                activity.tpuMegahertz().getAsInt() * MEGA,
                TpuFacts.TPU_CLOCK)
            : untold("tpu.clock", Unit.HERTZ, TpuFacts.TPU_CLOCK));
    for (Heap heap : Heap.values()) {
      String id = "tpu.heap." + heap.id();
      String source = TpuFacts.heapFile(heap);
      Optional<TpuFacts.HeapFacts> facts =
          activity.heaps().stream().filter(each -> each.heap() == heap).findFirst();
      found.add(
          facts
              .map(each -> Measurement.of(id + ".used", Unit.BYTES, each.usedBytes(), source))
              .orElseGet(() -> untold(id + ".used", Unit.BYTES, source)));
      found.add(
          facts
              .map(each -> Measurement.of(id + ".size", Unit.BYTES, each.totalBytes(), source))
              .orElseGet(() -> untold(id + ".size", Unit.BYTES, source)));
      found.add(
          facts
              .flatMap(each -> each.peakBytes().stream().boxed().findFirst())
              .map(peak -> Measurement.of(id + ".peak", Unit.BYTES, peak, source))
              .orElseGet(() -> untold(id + ".peak", Unit.BYTES, source)));
    }
    return Findings.of(found);
  }

  /** The facts say nothing of why; the file does. */
  private Measurement untold(String id, Unit unit, String source) {
    return Measurement.unknown(id, unit, source, files.read(source).odd());
  }
}
