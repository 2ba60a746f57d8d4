package io.airbox.daemon.telemetry;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.TripPoint;
import io.airbox.power.Unit;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;

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

  /**
   * The sample of a document, but for its names.
   *
   * @throws RuntimeException it is none
   */
  public static Sample read(JsonObject document) {
    List<Reading> readings = new ArrayList<>();
    JsonObject told = document.getJsonObject("readings");
    for (String id : told.fieldNames()) {
      readings.add(reading(id, told.getJsonObject(id)));
    }
    List<TripPoint> trips = new ArrayList<>();
    for (Object each : document.getJsonArray("trips")) {
      JsonObject trip = (JsonObject) each;
      trips.add(
          new TripPoint(
              trip.getString("zone"),
              TripPoint.Kind.of(trip.getString("kind")).orElseThrow(),
              trip.getDouble("celsius"),
              trip.getDouble("hysteresis_celsius")));
    }
    return new Sample(Instant.parse(document.getString("at")), 0, readings, trips);
  }

  private static Reading reading(String id, JsonObject told) {
    Double value = told.getDouble("value");
    return new Reading(
        id,
        Arrays.stream(Unit.values())
            .filter(unit -> unit.id().equals(told.getString("unit")))
            .findFirst()
            .orElseThrow(),
        Quality.valueOf(told.getString("quality").toUpperCase(Locale.ROOT)),
        value == null ? OptionalDouble.empty() : OptionalDouble.of(value),
        Duration.ofMillis(told.getLong("age_ms")),
        told.getString("source"),
        Objects.requireNonNullElse(told.getString("reason"), ""));
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
