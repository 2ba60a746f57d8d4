package io.airbox.daemon.updates;

import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far the update is that is under way.
 *
 * @param since when it was begun, or gone on with
 * @param here bytes of it that are here
 * @param all how many it has
 * @param bytesPerSecond how fast it came lately; 0 when nothing came yet
 * @param why why it waits, in words; null when it does not
 * @param until until when it waits; null when it does not, or nobody knows
 */
record Progress(
    Phase phase,
    Instant since,
    long here,
    long all,
    double bytesPerSecond,
    @Nullable String why,
    @Nullable Instant until) {
  /** What is being done. */
  enum Phase {
    /** Files are fetched, or read again. */
    FETCHING("fetching"),
    /** The engine tries it. */
    TRYING("trying"),
    /** Nothing is done for a while. */
    WAITING("waiting");

    private final String id;

    Phase(String id) {
      this.id = id;
    }

    String id() {
      return id;
    }
  }

  /** Seconds until all is here; empty when nobody can tell. */
  OptionalLong left() {
    return phase == Phase.FETCHING && bytesPerSecond > 0
        ? OptionalLong.of((long) Math.ceil((all - here) / bytesPerSecond))
        : OptionalLong.empty();
  }
}
