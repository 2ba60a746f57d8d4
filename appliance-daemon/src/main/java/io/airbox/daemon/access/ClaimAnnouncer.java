package io.airbox.daemon.access;

/** Tells whoever is at the box how to claim it. */
@FunctionalInterface
public interface ClaimAnnouncer {
  /**
   * A new code counts from now on, and the one before no more. Called without a lock, by the thread
   * that opened {@link Access}, asked for the reset, tried a wrong code once too often, or ticks.
   */
  void announce(ClaimOffer offer);
}
