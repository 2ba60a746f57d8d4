package io.airbox.daemon.tpu;

import io.airbox.generation.engine.DeviceState;
import io.airbox.generation.memory.HeapMemory;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.sophon.Heap;
import io.airbox.sophon.LibsophonVersion;
import io.airbox.sophon.facts.BmSmiScreen;
import io.airbox.sophon.facts.MemoryUser;
import io.airbox.sophon.facts.Temperatures.Reading;
import io.airbox.sophon.facts.TpuFacts;
import io.airbox.sophon.facts.TpuFacts.HeapFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The TPU and the memory of packs, each value from the best source that tells it: the worker, which
 * asks the driver; then the files of the system; then a capture of bm-smi.
 *
 * @param health whether the device takes work
 * @param reason why it does not, or why nobody knows; a sentence
 * @param device what it tells of itself
 * @param memory all heaps of the device together
 * @param heaps each heap, those of a CPU's engine too
 * @param processes who holds device memory, ours too; empty when that cannot be seen
 * @param report what the worker said last; empty without one
 */
public record TpuView(
    boolean present,
    TpuHealth health,
    Optional<String> reason,
    Device device,
    Optional<Sum> memory,
    List<HeapView> heaps,
    Optional<List<MemoryUser>> processes,
    Optional<MemoryReport> report) {
  static final String WORKER = "worker";
  static final String BM_SMI = "bm-smi";

  /** What only a box's chip needs: the name that the engine for it has in reports. */
  static final String ENGINE = "bm1684x";

  private static final String SPECIFIED = "specification";
  private static final long MEBI = 1 << 20;

  public TpuView {
    heaps = List.copyOf(heaps);
    processes = processes.map(List::copyOf);
  }

  /**
   * The device. The clock's range is the one that bm-smi shows for every BM1684X in SOC mode.
   *
   * @param name as bm-smi says it, {@code 1684X-SOC}
   * @param mode {@code SOC} or {@code PCIE}
   */
  public record Device(
      Optional<Told<String>> name,
      Optional<Told<String>> mode,
      Optional<Told<String>> chip,
      Optional<Told<String>> board,
      Optional<Told<String>> deviceTree,
      Optional<Told<String>> serialNumber,
      Optional<Told<String>> libraryVersion,
      Optional<Told<String>> driverVersion,
      Optional<Told<Integer>> clockMegahertz,
      Optional<Told<Integer>> minimumMegahertz,
      Optional<Told<Integer>> maximumMegahertz,
      Optional<Told<Integer>> usePercent,
      Optional<Told<Integer>> averageUsePercent,
      Optional<Told<Integer>> chipCelsius,
      Optional<Told<Integer>> boardCelsius) {}

  /** Device memory over all heaps, in bytes. A buffer lies in one heap whole. */
  public record Sum(long total, long used, String source) {}

  /** Puts together what the sources tell. */
  public static TpuView of(TpuSources sources) {
    Optional<BmSmiScreen.Device> shown =
        sources.screen().flatMap(screen -> screen.devices().stream().findFirst());
    Optional<MemoryReport> ofDevice = sources.report().filter(all -> all.engine().equals(ENGINE));
    boolean present = sources.facts().devicePresent() || ofDevice.isPresent() || shown.isPresent();
    Optional<String> fault =
        sources.fault().or(() -> ofDevice.flatMap(report -> report.device().fault()));
    TpuHealth health = health(present, fault, ofDevice.isPresent(), shown);
    List<HeapView> heaps = heaps(sources);
    Optional<Sum> memory = memory(heaps, shown);
    return new TpuView(
        present,
        health,
        reason(health, fault),
        device(sources, ofDevice.map(MemoryReport::device), shown),
        memory,
        heaps,
        processes(sources, memory),
        sources.report());
  }

  private static TpuHealth health(
      boolean present, Optional<String> fault, boolean asked, Optional<BmSmiScreen.Device> shown) {
    if (fault.isPresent() || (shown.isPresent() && !shown.get().active())) {
      return TpuHealth.HUNG;
    }
    if (!present) {
      return TpuHealth.ABSENT;
    }
    return asked || shown.isPresent() ? TpuHealth.OK : TpuHealth.UNKNOWN;
  }

  private static Optional<String> reason(TpuHealth health, Optional<String> fault) {
    return switch (health) {
      case OK -> Optional.empty();
      case HUNG ->
          Optional.of(fault.orElse("the driver has given the TPU up; only a restart cures that"));
      case ABSENT -> Optional.of("there is no TPU here: the system has no /" + TpuFacts.NODE);
      case UNKNOWN -> Optional.of("there is a TPU, but no engine of this box has asked it yet");
    };
  }

  private static Device device(
      TpuSources sources, Optional<DeviceState> asked, Optional<BmSmiScreen.Device> shown) {
    TpuFacts facts = sources.facts();
    Optional<Told<String>> chip =
        Told.of(asked.flatMap(DeviceState::chip), WORKER)
            .or(() -> Told.of(facts.chip().map(TpuView::upper), file(TpuFacts.CPU)));
    boolean known = chip.map(Told::value).filter(name -> name.equals("BM1684X")).isPresent();
    return new Device(
        Told.of(shown.flatMap(BmSmiScreen.Device::name), BM_SMI)
            .or(() -> chip.flatMap(told -> named(told, facts))),
        Told.of(facts.mode(), file(TpuFacts.NODE))
            .or(() -> Told.of(shown.flatMap(BmSmiScreen.Device::mode), BM_SMI)),
        chip,
        Told.of(facts.model(), file(TpuFacts.CONTROLLER)),
        Told.of(facts.deviceTree(), file(TpuFacts.DEVICE_TREE)),
        Told.of(facts.serialNumber(), file(TpuFacts.CONTROLLER))
            .or(() -> Told.of(shown.flatMap(BmSmiScreen.Device::serialNumber), BM_SMI)),
        Told.of(asked.flatMap(DeviceState::libraryVersion), WORKER)
            .or(() -> version(facts.libraryVersion(), file(TpuFacts.LIBRARY)))
            .or(() -> version(sources.screen().flatMap(BmSmiScreen::libraryVersion), BM_SMI)),
        Told.of(asked.flatMap(DeviceState::driverVersion), WORKER)
            .or(() -> version(facts.driverVersion(), file(TpuFacts.DRIVER)))
            .or(() -> version(sources.screen().flatMap(BmSmiScreen::driverVersion), BM_SMI)),
        Told.of(of(asked, DeviceState::clockMegahertz), WORKER)
            .or(() -> Told.of(facts.tpuMegahertz(), file(TpuFacts.TPU_CLOCK)))
            .or(() -> Told.of(of(shown, BmSmiScreen.Device::currentMegahertz), BM_SMI)),
        Told.of(of(shown, BmSmiScreen.Device::minimumMegahertz), BM_SMI)
            .or(() -> specified(known, TpuFacts.MINIMUM_MEGAHERTZ)),
        Told.of(of(shown, BmSmiScreen.Device::maximumMegahertz), BM_SMI)
            .or(() -> specified(known, TpuFacts.MAXIMUM_MEGAHERTZ)),
        Told.of(facts.usePercent(), file(TpuFacts.USE))
            .or(() -> Told.of(of(asked, DeviceState::usePercent), WORKER))
            .or(() -> Told.of(of(shown, BmSmiScreen.Device::usePercent), BM_SMI)),
        Told.of(facts.averageUsePercent(), file(TpuFacts.USE)),
        celsius(sources.temperatures().chip())
            .or(() -> Told.of(of(shown, BmSmiScreen.Device::chipCelsius), BM_SMI)),
        celsius(sources.temperatures().board())
            .or(() -> Told.of(of(shown, BmSmiScreen.Device::boardCelsius), BM_SMI)));
  }

  /** As bm-smi makes it: the chip without its first letters, and the mode. */
  private static Optional<Told<String>> named(Told<String> chip, TpuFacts facts) {
    return facts
        .mode()
        .map(mode -> new Told<>(chip.value().replaceFirst("^BM", "") + "-" + mode, chip.source()));
  }

  private static Optional<Told<Integer>> specified(boolean known, int megahertz) {
    return known ? Optional.of(new Told<>(megahertz, SPECIFIED)) : Optional.empty();
  }

  private static Optional<Told<Integer>> celsius(Optional<Reading> reading) {
    return reading.map(told -> new Told<>(told.celsius(), file(told.source())));
  }

  private static <T> OptionalInt of(Optional<T> source, Function<T, OptionalInt> value) {
    return source.map(value).orElse(OptionalInt.empty());
  }

  private static Optional<Told<String>> version(Optional<LibsophonVersion> version, String source) {
    return Told.of(version.map(LibsophonVersion::toString), source);
  }

  private static String upper(String chip) {
    return chip.toUpperCase(Locale.ROOT);
  }

  private static String file(String fromTheRootOn) {
    return "/" + fromTheRootOn;
  }

  /** The worker's figures; of heaps that it does not tell, the driver's. */
  private static List<HeapView> heaps(TpuSources sources) {
    List<HeapFacts> facts = new ArrayList<>(sources.facts().heaps());
    List<HeapView> heaps = new ArrayList<>();
    for (HeapMemory heap : sources.report().map(MemoryReport::heaps).orElse(List.of())) {
      Optional<HeapFacts> same =
          facts.stream().filter(each -> each.heap().id().equals(heap.heap())).findFirst();
      same.ifPresent(facts::remove);
      heaps.add(HeapView.of(heap, same));
    }
    facts.forEach(each -> heaps.add(HeapView.of(each, file(TpuFacts.heapFile(each.heap())))));
    return heaps;
  }

  private static Optional<Sum> memory(List<HeapView> heaps, Optional<BmSmiScreen.Device> shown) {
    List<HeapView> ofDevice = heaps.stream().filter(heap -> isOfDevice(heap.heap())).toList();
    if (ofDevice.isEmpty()
        || ofDevice.stream().anyMatch(heap -> heap.total().isEmpty() || heap.used().isEmpty())) {
      return shown
          .filter(row -> row.totalMebibytes().isPresent() && row.usedMebibytes().isPresent())
          .map(
              row ->
                  new Sum(
                      row.totalMebibytes().getAsLong() * MEBI,
                      row.usedMebibytes().getAsLong() * MEBI,
                      BM_SMI));
    }
    return Optional.of(
        new Sum(
            ofDevice.stream().mapToLong(heap -> heap.total().getAsLong()).sum(),
            ofDevice.stream().mapToLong(heap -> heap.used().getAsLong()).sum(),
            ofDevice.get(0).source()));
  }

  /** Whether a heap of this name is device memory. */
  static boolean isOfDevice(String heap) {
    return Arrays.stream(Heap.values()).anyMatch(each -> each.id().equals(heap));
  }

  /** That nobody is seen means that there is nobody only where nothing is used either. */
  private static Optional<List<MemoryUser>> processes(TpuSources sources, Optional<Sum> memory) {
    List<MemoryUser> users =
        Stream.concat(
                sources.users().stream(),
                sources.screen().stream()
                    .flatMap(screen -> screen.users().stream())
                    .map(user -> new MemoryUser(user.pid(), user.name(), user.mebibytes() * MEBI))
                    .filter(
                        user -> sources.users().stream().noneMatch(own -> own.pid() == user.pid())))
            .toList();
    boolean nobody = memory.map(sum -> sum.used() == 0).orElse(false);
    return users.isEmpty() && !nobody ? Optional.empty() : Optional.of(users);
  }
}
