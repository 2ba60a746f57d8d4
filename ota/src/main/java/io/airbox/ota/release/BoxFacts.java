package io.airbox.ota.release;

import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a release is compared with. What is not known is empty, and then speaks against nothing: the
 * self-test decides.
 *
 * @param soc the chip's name; null on a machine without one
 * @param driver version of its driver; null when not known
 * @param engines ids of engines that run here
 * @param memBytes the device's memory
 * @param diskBytes free bytes of the models' file system
 */
public record BoxFacts(
    @Nullable String soc,
    @Nullable String driver,
    Set<String> engines,
    OptionalLong memBytes,
    OptionalLong diskBytes) {
  public BoxFacts {
    engines = Set.copyOf(engines);
  }
}
