package io.airbox.daemon.access;

import io.airbox.daemon.access.AccessException.Reason;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Lets one at a time do what is costly, and few wait: hashing a passphrase takes memory and time,
 * and strangers can ask for it.
 */
final class Turnstile {
  /** One inside and four before it. */
  static final int PLACES = 5;

  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Semaphore inside = new Semaphore(1, true);
  private final AtomicInteger places = new AtomicInteger(PLACES);

  /**
   * Waits its turn and does it.
   *
   * @throws AccessException {@code TOO_MANY_ATTEMPTS} when too many wait already, or when the
   *     thread was interrupted, which it stays; nothing was done
   */
  <T> T pass(Supplier<T> work) {
    if (places.getAndDecrement() <= 0) {
      places.incrementAndGet();
      throw busy();
    }
    try {
      inside.acquire();
      try {
        return work.get();
      } finally {
        inside.release();
      }
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw busy();
    } finally {
      places.incrementAndGet();
    }
  }

  private static AccessException busy() {
    return AccessException.later(
        Reason.TOO_MANY_ATTEMPTS, PAUSE, "too many passphrases are being checked; try again");
  }
}
