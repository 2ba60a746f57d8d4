package io.airbox.daemon.tpu;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A value and who told it.
 *
 * @param source {@code worker}, {@code bm-smi}, or a file from the root of the system on
 */
public record Told<T>(T value, String source) {
  static <T> Optional<Told<T>> of(Optional<T> value, String source) {
    return value.map(known -> new Told<>(known, source));
  }

  static Optional<Told<Integer>> of(OptionalInt value, String source) {
    return value.isPresent() ? Optional.of(new Told<>(value.getAsInt(), source)) : Optional.empty();
  }

  static Optional<Told<Long>> of(OptionalLong value, String source) {
    return value.isPresent()
        ? Optional.of(new Told<>(value.getAsLong(), source))
        : Optional.empty();
  }
}
