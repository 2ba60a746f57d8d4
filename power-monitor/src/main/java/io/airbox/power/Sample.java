package io.airbox.power;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What all sensors tell at one moment.
 *
 * @param at by the wall clock, which may jump
 * @param nanos by a clock that does not; only differences mean something
 * @param readings in the order of their ids; no id twice
 * @param trips where the kernel acts, by zone and temperature
 * @param texts what the machine is called by its sensors, as {@code controller.model}; not measured
 *     and seldom read
 */
public record Sample(
    Instant at,
    long nanos,
    List<Reading> readings,
    List<TripPoint> trips,
    Map<String, String> texts) {
  public Sample {
    readings = List.copyOf(readings);
    trips = List.copyOf(trips);
    texts = Map.copyOf(texts);
  }

  /** One of a machine that has no name. */
  public Sample(Instant at, long nanos, List<Reading> readings, List<TripPoint> trips) {
    this(at, nanos, readings, trips, Map.of());
  }

  /** The reading of this id. */
  public Optional<Reading> reading(String id) {
    return readings.stream().filter(reading -> reading.id().equals(id)).findFirst();
  }
}
