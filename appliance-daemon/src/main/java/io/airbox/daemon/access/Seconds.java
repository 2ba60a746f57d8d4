package io.airbox.daemon.access;

import java.time.Duration;

/** Times to wait, as HTTP's {@code Retry-After} says them. */
final class Seconds {
  private static final long NANOS = Duration.ofSeconds(1).toNanos();

  private Seconds() {}

  /** Whole seconds, rounded up, at least one. */
  static Duration up(long nanos) {
    return Duration.ofSeconds(Math.max(1, Math.floorDiv(nanos + NANOS - 1, NANOS)));
  }
}
