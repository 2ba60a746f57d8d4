package io.airbox.power.sensor;

import io.airbox.power.TripPoint;
import java.util.List;

/** What a probe found. */
public record Findings(List<Measurement> measurements, List<TripPoint> trips) {
  public Findings {
    measurements = List.copyOf(measurements);
    trips = List.copyOf(trips);
  }

  static Findings of(List<Measurement> measurements) {
    return new Findings(measurements, List.of());
  }
}
