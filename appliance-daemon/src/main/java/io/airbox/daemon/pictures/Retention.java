package io.airbox.daemon.pictures;

import java.time.Duration;

/**
 * How long and how much the gallery keeps; the oldest pictures go first.
 *
 * @param age pictures older than this go
 * @param bytes all files together
 */
public record Retention(Duration age, long bytes) {
  /** Seven days, 500 MB. */
  public static final Retention DEFAULT = new Retention(Duration.ofDays(7), 500_000_000);

  public Retention {
    if (age.isNegative() || age.isZero()) {
      throw new IllegalArgumentException("age must be positive, was " + age);
    }
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes must be positive, was " + bytes);
    }
  }
}
