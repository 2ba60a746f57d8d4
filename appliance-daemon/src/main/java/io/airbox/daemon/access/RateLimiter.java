package io.airbox.daemon.access;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Lets each name do something so many times a minute, saved up for at most a minute. It remembers
 * the 4,096 most recent names and goes by a time that only grows. Thread-safe.
 */
final class RateLimiter {
  private static final int NAMES = 4096;
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final LongSupplier nanoTime;
  private final long each;
  private final Recent<Long> due = new Recent<>(NAMES);

  RateLimiter(int perMinute, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.each = MINUTE / perMinute;
  }

  /**
   * Counts one.
   *
   * @return empty when it may be done; else when to try again, and nothing was counted
   */
  synchronized Optional<Duration> take(String name) {
    long now = nanoTime.getAsLong();
    Long last = due.get(name);
    // the time up to which its share is used; a minute back when it has all of it
    long used = last == null || last - now < -MINUTE ? now - MINUTE : last;
    if (used + each - now > 0) {
      return Optional.of(Seconds.up(used + each - now));
    }
    due.put(name, used + each);
    return Optional.empty();
  }
}
