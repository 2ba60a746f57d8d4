package io.airbox.daemon.jobs;

import io.airbox.power.energy.Energy;
import java.util.Optional;

/** Tells what the machine took while something was made. Any thread may ask. */
@FunctionalInterface
public interface EnergyUse {
  /** Of a machine that does not measure its power. */
  EnergyUse UNKNOWN = (start, end) -> Optional.empty();

  /**
   * What a stretch of time took that ends about now.
   *
   * @param startNanos by {@link System#nanoTime}
   * @param endNanos by the same
   * @return empty when it is not known
   */
  Optional<Energy> upTo(long startNanos, long endNanos);
}
