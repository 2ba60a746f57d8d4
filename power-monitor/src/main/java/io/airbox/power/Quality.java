package io.airbox.power;

import java.util.Locale;

/** How far a value can be relied upon. */
public enum Quality {
  /** Read as often as it should be, and plausible. */
  GOOD,
  /** The last good value; its source has failed or not answered since. */
  STALE,
  /** No value: there never was one, or it is too old to be of use. */
  UNKNOWN;

  /** As machines name it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
