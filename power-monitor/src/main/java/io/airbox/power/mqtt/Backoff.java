package io.airbox.power.mqtt;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before connecting again: somewhere between nothing and a limit that doubles from
 * one second to two minutes, so that a fleet does not come back in step. For one thread.
 */
final class Backoff {
  static final Duration LEAST = Duration.ofSeconds(1);
  static final Duration MOST = Duration.ofMinutes(2);

  private final RandomGenerator random;
  private long limitMillis = LEAST.toMillis();

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The next wait, at least a tenth of a second. */
  Duration next() {
    long wait = 100 + random.nextLong(limitMillis);
    limitMillis = Math.min(MOST.toMillis(), limitMillis * 2);
    return Duration.ofMillis(wait);
  }

  /** A connection has lasted. */
  void reset() {
    limitMillis = LEAST.toMillis();
  }
}
