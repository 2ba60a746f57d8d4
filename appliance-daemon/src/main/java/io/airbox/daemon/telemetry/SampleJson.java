package io.airbox.daemon.telemetry;

import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.TripPoint;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** A sample as a document. Members stay as they are from version to version. */
public final class SampleJson {
  private SampleJson() {}

  /**
   * {@code at}; {@code readings} by their ids, each with {@code value} (null when unknown), {@code
   * unit}, {@code quality}, {@code age_ms}, {@code source} and {@code reason}; {@code trips}.
   */
  public static JsonObject of(Sample sample) {
    JsonObject readings = new JsonObject();
    for (Reading reading : sample.readings()) {
      readings.put(reading.id(), of(reading));
    }
    JsonArray trips = new JsonArray();
    for (TripPoint trip : sample.trips()) {
      trips.add(
          new JsonObject()
              .put("zone", trip.zone())
              .put("kind", trip.kind().id())
              .put("celsius", trip.celsius())
              .put("hysteresis_celsius", trip.hysteresis()));
    }
    return new JsonObject()
        .put("at", sample.at().toString())
        .put("readings", readings)
        .put("trips", trips);
  }

  private static JsonObject of(Reading reading) {
    return new JsonObject()
        .put("value", reading.value().isPresent() ? reading.value().getAsDouble() : null)
        .put("unit", reading.unit().id())
        .put("quality", reading.quality().id())
        .put("age_ms", reading.age().toMillis())
        .put("source", reading.source())
        .put("reason", reading.reason().isEmpty() ? null : reading.reason());
  }
}
