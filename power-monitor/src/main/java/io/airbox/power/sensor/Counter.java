package io.airbox.power.sensor;

import java.time.Duration;
import java.util.OptionalDouble;

/** How fast a number of the kernel grows. */
final class Counter {
  private static final double NANOS = Duration.ofSeconds(1).toNanos();

  private long last;
  private long lastNanos;
  private boolean seen;

  /**
   * Per second since the last time; empty the first time, when no time went by, and when it went
   * backwards, as after a wrap or when a device came anew.
   */
  OptionalDouble rate(long count, long nanos) {
    return rate(count, nanos, 0);
  }

  /**
   * The same of a number that goes from {@code most} to 0.
   *
   * @param most 0 when it does not
   */
  OptionalDouble rate(long count, long nanos, long most) {
    long elapsed = nanos - lastNanos;
    long grown = count - last;
    if (grown < 0 && most > 0) {
      grown += most;
    }
    boolean usable = seen && elapsed > 0 && grown >= 0;
    seen = true;
    last = count;
    lastNanos = nanos;
    return usable ? OptionalDouble.of(grown / (elapsed / NANOS)) : OptionalDouble.empty();
  }
}
