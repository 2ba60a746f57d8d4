package io.airbox.power.history;

import java.time.Instant;
import java.util.Map;

/**
 * What the readings of a minute were.
 *
 * @param end when it ended, by the wall clock, which may have been wrong; whole seconds
 * @param series by ids; empty while nothing was good
 */
public record Minute(Instant end, Map<String, Series> series) {
  public Minute {
    series = Map.copyOf(series);
  }
}
