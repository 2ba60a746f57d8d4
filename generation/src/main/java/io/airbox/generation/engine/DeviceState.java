package io.airbox.generation.engine;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a device tells of itself beside its memory. What it does not tell is empty, never zero.
 *
 * @param chip its name, as {@code BM1684X}
 * @param clockMegahertz the clock now
 * @param usePercent share of the last moments in which it had work, 0 to 100
 * @param driverVersion the kernel driver's version
 * @param libraryVersion the runtime's version
 * @param fault a sentence on what is wrong when it takes no more work, with what to do
 */
public record DeviceState(
    Optional<String> chip,
    OptionalInt clockMegahertz,
    OptionalInt usePercent,
    Optional<String> driverVersion,
    Optional<String> libraryVersion,
    Optional<String> fault) {
  /** A device that tells nothing but its runtime's version. */
  public static DeviceState ofLibrary(String version) {
    return new DeviceState(
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.of(version),
        Optional.empty());
  }
}
