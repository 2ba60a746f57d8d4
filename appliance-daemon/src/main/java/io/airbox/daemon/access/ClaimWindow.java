package io.airbox.daemon.access;

import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The claim code of the moment, in memory only. Its age is counted by a time that only grows.
 * Thread-safe.
 */
final class ClaimWindow {
  /** Wrong tries that a code stands: of 10¹¹ codes one is guessed. */
  static final int WRONG_TRIES = 10;

  private final Duration life;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;

  private @Nullable ClaimCode code;
  private long begun;
  private int wrongTries;

  ClaimWindow(Duration life, InstantSource clock, LongSupplier nanoTime, RandomGenerator random) {
    this.life = life;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.random = random;
  }

  /**
   * What came of a try.
   *
   * @param replaced the code that counts from now on, where the one before is used up
   */
  record Trial(boolean right, Optional<ClaimOffer> replaced) {}

  /** Makes a new code, which counts from now on. */
  synchronized ClaimOffer renew() {
    code = ClaimCode.random(random);
    begun = nanoTime.getAsLong();
    wrongTries = 0;
    return offer(code);
  }

  /** Makes a new code if the present one has expired; empty when it has not, or there is none. */
  synchronized Optional<ClaimOffer> renewExpired() {
    return code == null || left() > 0 ? Optional.empty() : Optional.of(renew());
  }

  /** The present code; empty when there is none. */
  synchronized Optional<ClaimOffer> offer() {
    return code == null ? Optional.empty() : Optional.of(offer(code));
  }

  private ClaimOffer offer(ClaimCode present) {
    return new ClaimOffer(
        present.display(), clock.instant().plusNanos(left()).truncatedTo(ChronoUnit.SECONDS));
  }

  private long left() {
    return life.toNanos() - (nanoTime.getAsLong() - begun);
  }

  /** No code counts any more. */
  synchronized void shut() {
    code = null;
  }

  /** Compares what was typed with the present code. */
  synchronized Trial attempt(String typed) {
    Optional<ClaimOffer> expired = renewExpired();
    if (expired.isPresent()) {
      return new Trial(false, expired);
    }
    if (code != null && ClaimCode.parse(typed).filter(code::matches).isPresent()) {
      return new Trial(true, Optional.empty());
    }
    wrongTries++;
    return new Trial(
        false, code == null || wrongTries < WRONG_TRIES ? Optional.empty() : Optional.of(renew()));
  }
}
