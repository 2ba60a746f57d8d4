package io.airbox.power;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * What one sensor tells.
 *
 * @param id stable and dotted, as {@code temperature.soc}
 * @param value finite; empty exactly when the quality is unknown
 * @param age since it was read; zero when unknown
 * @param source the file that told it, from the root on
 * @param reason why it is not good, for people; empty when it is
 */
public record Reading(
    String id,
    Unit unit,
    Quality quality,
    OptionalDouble value,
    Duration age,
    String source,
    String reason) {
  public Reading {
    if (value.isEmpty() != (quality == Quality.UNKNOWN)) {
      throw new IllegalArgumentException(id + ": " + value + " cannot be " + quality.id());
    }
  }
}
