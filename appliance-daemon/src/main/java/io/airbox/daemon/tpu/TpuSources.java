package io.airbox.daemon.tpu;

import io.airbox.generation.memory.MemoryReport;
import io.airbox.sophon.facts.BmSmiScreen;
import io.airbox.sophon.facts.MemoryUser;
import io.airbox.sophon.facts.Temperatures;
import io.airbox.sophon.facts.TpuFacts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
