package io.airbox.power.thermal;

import io.airbox.power.TripPoint;
import io.airbox.power.TripPoint.Kind;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * From which temperatures on a state holds; each is left {@code hysteresis} degrees below.
 *
 * @param warm below the kernel's first step, so that resting may spare it
 * @param hot where the kernel slows the TPU down
 * @param critical before the kernel shuts down
 */
record Limits(double warm, double hot, double critical, double hysteresis) {
  /** Of a box whose kernel does not tell them: those of {@code bm1684.dtsi} of the vendor's. */
  static final Limits USUAL = new Limits(80, 85, 90, 5);

  private static final double USUAL_HYSTERESIS = 5;

  /**
   * Those of a zone. With the box's 85, 90 and 95 °C they are 80, 85 and 90.
   *
   * @return empty for a zone that the kernel does not slow down for and then shut down
   */
  static Optional<Limits> of(List<TripPoint> trips, String zone) {
    List<TripPoint> passive =
        trips.stream()
            .filter(trip -> trip.zone().equals(zone) && trip.kind() == Kind.PASSIVE)
            .toList();
    OptionalDouble end =
        trips.stream()
            .filter(trip -> trip.zone().equals(zone) && trip.kind() == Kind.CRITICAL)
            .mapToDouble(TripPoint::celsius)
            .min();
    OptionalDouble hot = passive.stream().mapToDouble(TripPoint::celsius).min();
    if (end.isEmpty() || hot.isEmpty() || hot.getAsDouble() >= end.getAsDouble()) {
      return Optional.empty();
    }
    double told = passive.stream().mapToDouble(TripPoint::hysteresis).max().orElse(0);
    double hysteresis = told > 0 ? told : USUAL_HYSTERESIS;
    double middle = (hot.getAsDouble() + end.getAsDouble()) / 2;
    double critical = Math.max(middle, end.getAsDouble() - hysteresis);
    return Optional.of(
        new Limits(hot.getAsDouble() - hysteresis, hot.getAsDouble(), critical, hysteresis));
  }

  /** The hottest state whose limit is reached. */
  ThermalState reached(double celsius) {
    if (celsius >= critical) {
      return ThermalState.CRITICAL;
    }
    if (celsius >= hot) {
      return ThermalState.HOT;
    }
    return celsius >= warm ? ThermalState.WARM : ThermalState.NORMAL;
  }

  /** From where on a state holds. */
  double of(ThermalState state) {
    return switch (state) {
      case NORMAL -> Double.NEGATIVE_INFINITY;
      case WARM -> warm;
      case HOT -> hot;
      case CRITICAL -> critical;
    };
  }
}
