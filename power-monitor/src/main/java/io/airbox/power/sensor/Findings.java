package io.airbox.power.sensor;

import io.airbox.power.TripPoint;
import java.util.List;
import java.util.Map;

/**
 * What a probe found.
 *
 * @param texts names, as {@code controller.model}
 */
public record Findings(
    List<Measurement> measurements, List<TripPoint> trips, Map<String, String> texts) {
  public Findings {
    measurements = List.copyOf(measurements);
    trips = List.copyOf(trips);
    texts = Map.copyOf(texts);
  }

  /** Nothing but measurements and trips. */
  public Findings(List<Measurement> measurements, List<TripPoint> trips) {
    this(measurements, trips, Map.of());
  }

  static Findings of(List<Measurement> measurements) {
    return new Findings(measurements, List.of());
  }
}
