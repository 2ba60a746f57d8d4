package io.airbox.daemon.updates;

import io.airbox.ota.release.BoxFacts;
import io.airbox.sophon.LibsophonVersion;
import io.airbox.sophon.facts.TpuFacts;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/** What this machine is, for releases that are for some machines only. */
public final class BoxKind {
  private BoxKind() {}

  /**
   * Reads the files of the system. Memory and disk are not told: the engine knows better what fits
   * when it tries a pack, and the store knows what it has already.
   *
   * @param engines ids of those that run here
   */
  public static BoxFacts of(Path sysroot, List<String> engines) {
    TpuFacts tpu = TpuFacts.lasting(sysroot);
    return new BoxFacts(
        tpu.chip().map(chip -> chip.toUpperCase(Locale.ROOT)).orElse(null),
        tpu.driverVersion().map(LibsophonVersion::toString).orElse(null),
        Set.copyOf(engines),
        OptionalLong.empty(),
        OptionalLong.empty());
  }
}
