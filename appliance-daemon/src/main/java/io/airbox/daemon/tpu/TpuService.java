package io.airbox.daemon.tpu;

import io.airbox.generation.GenerationException;
import io.airbox.generation.engine.Holding;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.worker.WorkerStatus;
import io.airbox.power.Sample;
import io.airbox.sophon.facts.MemoryUser;
import io.airbox.sophon.facts.TpuFacts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells how the TPU and the memory of packs are now. What its sensors tell comes from whoever reads
 * them; who holds memory is looked for by one thread at a time and at most every two seconds.
 * Thread-safe.
 */
public final class TpuService {
  private static final Duration FRESH = Duration.ofSeconds(2);

  private final Path sysroot;
  private final LoadedPacks packs;
  private final Supplier<WorkerStatus> worker;
  private final InstantSource clock;
  private final Supplier<Sample> sensors;
  private final TpuFacts lasting;
  private volatile Users last;

  private record Users(Instant at, List<MemoryUser> users) {}

  /**
   * Looks at what does not change below {@code sysroot}.
   *
   * @param sensors what they told last; quick
   */
  public TpuService(
      Path sysroot,
      Supplier<Sample> sensors,
      LoadedPacks packs,
      Supplier<WorkerStatus> worker,
      InstantSource clock) {
    this.sysroot = sysroot;
    this.sensors = sensors;
    this.lasting = TpuFacts.lasting(sysroot);
    this.packs = packs;
    this.worker = worker;
    this.clock = clock;
    this.last = read();
  }

  /** What is loaded, to steer it. */
  public LoadedPacks packs() {
    return packs;
  }

  public InstantSource clock() {
    return clock;
  }

  /** Everything; looks again for who holds memory when that is older than two seconds. */
  public TpuView view() {
    synchronized (this) {
      Duration age = Duration.between(last.at(), clock.instant());
      if (age.isNegative() || age.compareTo(FRESH) >= 0) {
        last = read();
      }
    }
    return glance();
  }

  /** The same with who held memory last: quick, and for who needs no more than health. */
  public TpuView glance() {
    TpuSources files = TpuSources.sampled(lasting, sensors.get(), last.users());
    Optional<MemoryReport> report = packs.report();
    return TpuView.of(
        new TpuSources(
            files.facts(),
            files.temperatures(),
            withWorker(files.users(), report),
            files.screen(),
            report,
            hung(worker.get())));
  }

  /** Why a worker that cannot start for a TPU that hangs is away. */
  private static Optional<String> hung(WorkerStatus status) {
    return status.failure() == GenerationException.Reason.DEVICE_HUNG
        ? Optional.ofNullable(status.reason())
        : Optional.empty();
  }

  private Users read() {
    return new Users(
        clock.instant(), lasting.devicePresent() ? MemoryUser.read(sysroot) : List.of());
  }

  /** The worker may have another user, whose buffers this one may not see. */
  private List<MemoryUser> withWorker(List<MemoryUser> seen, Optional<MemoryReport> report) {
    WorkerStatus status = worker.get();
    long held =
        report.stream()
            .flatMap(all -> all.packs().stream())
            .flatMap(pack -> pack.networks().stream())
            .flatMap(network -> network.holdings().stream())
            .filter(holding -> TpuView.isOfDevice(holding.heap()))
            .mapToLong(Holding::bytes)
            .sum();
    if (held == 0 || seen.stream().anyMatch(user -> user.pid() == status.pid())) {
      return seen;
    }
    List<MemoryUser> all = new ArrayList<>(seen);
    all.add(new MemoryUser(status.pid(), "airbox engine", held));
    return all;
  }
}
