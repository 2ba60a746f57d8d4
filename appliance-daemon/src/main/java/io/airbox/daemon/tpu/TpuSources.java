package io.airbox.daemon.tpu;

import io.airbox.generation.memory.MemoryReport;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.sophon.Heap;
import io.airbox.sophon.facts.BmSmiScreen;
import io.airbox.sophon.facts.MemoryUser;
import io.airbox.sophon.facts.Temperatures;
import io.airbox.sophon.facts.TpuFacts;
import io.airbox.sophon.facts.TpuFacts.HeapFacts;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * All that is told of the TPU at one moment.
 *
 * @param users who holds device memory, as far as this user may see
 * @param screen a capture of bm-smi, when somebody gave one
 * @param report what the engine's worker said last; empty without a worker
 * @param fault why the worker refuses all work on the device, when it says so
 */
public record TpuSources(
    TpuFacts facts,
    Temperatures temperatures,
    List<MemoryUser> users,
    Optional<BmSmiScreen> screen,
    Optional<MemoryReport> report,
    Optional<String> fault) {
  public TpuSources {
    users = List.copyOf(users);
  }

  /**
   * What the files told whoever reads the sensors, without a worker.
   *
   * @param lasting what does not change
   */
  static TpuSources sampled(TpuFacts lasting, Sample sample, List<MemoryUser> users) {
    return new TpuSources(
        new TpuFacts(
            lasting.devicePresent(),
            lasting.mode(),
            Arrays.stream(Heap.values()).flatMap(heap -> heap(heap, sample).stream()).toList(),
            percent(sample, "tpu.use"),
            percent(sample, "tpu.use.average"),
            whole(sample, "tpu.clock", 1 / MEGA),
            whole(sample, "cpu.clock", 1 / MEGA),
            lasting.libraryVersion(),
            lasting.driverVersion(),
            lasting.chip(),
            lasting.deviceTree(),
            Optional.ofNullable(sample.texts().get("controller.model")),
            Optional.ofNullable(sample.texts().get("controller.serial-number"))),
        new Temperatures(
            celsius(sample, "temperature.soc", "temperature.controller-soc"),
            celsius(sample, "temperature.board", "temperature.controller-board")),
        users,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static final double MEGA = 1e6;
  private static final double PERCENT = 100;

  private static Optional<HeapFacts> heap(Heap heap, Sample sample) {
    String id = "tpu.heap." + heap.id();
    OptionalDouble size = value(sample, id + ".size");
    OptionalDouble used = value(sample, id + ".used");
    OptionalDouble peak = value(sample, id + ".peak");
    return size.isEmpty() || used.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new HeapFacts(
                heap,
                (long) size.getAsDouble(),
                (long) used.getAsDouble(),
                peak.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of((long) peak.getAsDouble())));
  }

  private static OptionalInt percent(Sample sample, String id) {
    return whole(sample, id, PERCENT);
  }

  private static OptionalInt whole(Sample sample, String id, double factor) {
    OptionalDouble value = value(sample, id);
    return value.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of((int) Math.round(value.getAsDouble() * factor));
  }

  private static OptionalDouble value(Sample sample, String id) {
    return sample.reading(id).map(Reading::value).orElse(OptionalDouble.empty());
  }

  private static Optional<Temperatures.Reading> celsius(Sample sample, String... ids) {
    return Arrays.stream(ids)
        .flatMap(id -> sample.reading(id).stream())
        .filter(reading -> reading.value().isPresent())
        .findFirst()
        .map(
            reading ->
                new Temperatures.Reading(
                    (int) Math.round(reading.value().getAsDouble()), reading.source()));
  }

  /** What the files below a root tell, without a worker. Reads them now. */
  public static TpuSources ofFiles(Path sysroot, Optional<BmSmiScreen> screen) {
    TpuFacts facts = TpuFacts.read(sysroot);
    return new TpuSources(
        facts,
        Temperatures.read(sysroot),
        facts.devicePresent() ? MemoryUser.read(sysroot) : List.of(),
        screen,
        Optional.empty(),
        Optional.empty());
  }
}
