package io.airbox.power;

import java.time.Instant;

/** The time of day, which a machine without a battery does not know when it starts. */
public final class WallClock {
  /** A clock before it was never set. */
  private static final Instant SET = Instant.parse("2024-01-01T00:00:00Z");

  private WallClock() {}

  /** Whether a time is one that a clock which was set can tell. */
  public static boolean isSet(Instant at) {
    return at.isAfter(SET);
  }
}
