package io.airbox.power;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What all sensors tell at one moment.
 *
 * @param at by the wall clock, which may jump
 * @param nanos by a clock that does not; only differences mean something
 * @param readings in the order of their ids; no id twice
 * @param trips where the kernel acts, by zone and temperature
 */
public record Sample(Instant at, long nanos, List<Reading> readings, List<TripPoint> trips) {
  public Sample {
    readings = List.copyOf(readings);
    trips = List.copyOf(trips);
  }

  /** The reading of this id. */
  public Optional<Reading> reading(String id) {
    return readings.stream().filter(reading -> reading.id().equals(id)).findFirst();
  }
}
