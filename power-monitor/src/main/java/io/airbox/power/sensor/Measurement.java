package io.airbox.power.sensor;

import io.airbox.power.Unit;
import java.util.OptionalDouble;

/**
 * A value as a file told it just now.
 *
 * @param value finite, or empty
 * @param source the file, from the root on
 * @param reason why there is no value; empty when there is one
 */
public record Measurement(
    String id, Unit unit, OptionalDouble value, String source, String reason) {
  static Measurement of(String id, Unit unit, double value, String source) {
    return new Measurement(id, unit, OptionalDouble.of(value), source, "");
  }

  static Measurement of(String id, Unit unit, long value, String source) {
    return of(id, unit, (double) value, source);
  }

  static Measurement unknown(String id, Unit unit, String source, String reason) {
    return new Measurement(id, unit, OptionalDouble.empty(), source, reason);
  }

  /** One that was not read yet. */
  static Measurement expected(String id, Unit unit, String source) {
    return unknown(id, unit, source, "");
  }

  static Measurement of(String id, Unit unit, OptionalDouble value, String source, String reason) {
    return new Measurement(id, unit, value, source, value.isPresent() ? "" : reason);
  }
}
