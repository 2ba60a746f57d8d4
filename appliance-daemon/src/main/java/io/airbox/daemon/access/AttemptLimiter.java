package io.airbox.daemon.access;

import io.airbox.daemon.access.AccessException.Reason;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Slows guessing down: after five wrong tries an address waits a second, then two, four, … up to 15
 * minutes. A try counts as wrong from its beginning, so that many at once gain nothing. An hour
 * after its last wait an address is forgotten, and the least recent one when there are 4,096. It
 * goes by a time that only grows. Thread-safe.
 */
final class AttemptLimiter {
  static final int FREE = 5;
  static final int ADDRESSES = 4096;
  static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

  private static final Duration MEMORY = Duration.ofHours(1);

  private final LongSupplier nanoTime;
  private final Recent<Tries> addresses = new Recent<>(ADDRESSES);

  AttemptLimiter(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private static final class Tries {
    private int wrong;
    private long free;
  }

  /**
   * Begins a try.
   *
   * @throws AccessException {@code TOO_MANY_ATTEMPTS}; the try must not be made
   */
  synchronized void begin(String address) {
    long now = nanoTime.getAsLong();
    Tries tries = addresses.computeIfAbsent(Neighbourhood.of(address), key -> new Tries());
    if (tries.wrong == 0 || now - tries.free > MEMORY.toNanos()) {
      tries.wrong = 0;
      tries.free = now;
    }
    long wait = tries.free - now;
    if (wait > 0) {
      Duration after = Seconds.up(wait);
      throw AccessException.later(
          Reason.TOO_MANY_ATTEMPTS,
          after,
          "too many wrong tries from this address; try again in " + after.toSeconds() + " s");
    }
    tries.wrong++;
    tries.free = now + pause(tries.wrong).toNanos();
  }

  private static Duration pause(int wrong) {
    if (wrong < FREE) {
      return Duration.ZERO;
    }
    Duration doubled = Duration.ofSeconds(1L << Math.min(wrong - FREE, 30));
    return doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
  }

  /** The try was right: those before it are forgotten. */
  synchronized void right(String address) {
    addresses.remove(Neighbourhood.of(address));
  }

  /** The try was neither right nor wrong: it does not count. */
  synchronized void undecided(String address) {
    Tries tries = addresses.get(Neighbourhood.of(address));
    if (tries != null && tries.wrong > 0) {
      tries.wrong--;
      tries.free = nanoTime.getAsLong();
    }
  }
}
