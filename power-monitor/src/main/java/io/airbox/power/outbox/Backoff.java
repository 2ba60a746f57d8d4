package io.airbox.power.outbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: somewhere between nothing and a limit that doubles from one
 * second to two minutes, so that a fleet does not come back in step. For one thread.
 */
public final class Backoff {
  /** The first limit. */
  public static final Duration LEAST = Duration.ofSeconds(1);

  /** The last limit. */
  public static final Duration MOST = Duration.ofMinutes(2);

  private final RandomGenerator random;
  private long limitMillis = LEAST.toMillis();

  /** One that begins at the least limit. */
  public Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The next wait, at least a tenth of a second. */
  public Duration next() {
    long wait = 100 + random.nextLong(limitMillis);
    limitMillis = Math.min(MOST.toMillis(), limitMillis * 2);
    return Duration.ofMillis(wait);
  }

  /** It went well. */
  public void reset() {
    limitMillis = LEAST.toMillis();
  }
}
