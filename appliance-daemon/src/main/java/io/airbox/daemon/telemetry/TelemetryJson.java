package io.airbox.daemon.telemetry;

import io.airbox.daemon.jobs.QueueStatistics;
import io.airbox.power.Reading;
import io.airbox.power.alarm.Alarm;
import io.airbox.power.energy.Energy;
import io.airbox.power.history.Span;
import io.airbox.power.outbox.OutboxState;
import io.airbox.power.thermal.Decision;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The telemetry as the documents {@code Telemetry} and {@code Trend} of {@code openapi.json}. */
public final class TelemetryJson {
  private static final double THOUSAND = 1000;

  private TelemetryJson() {}

  /** All that is known now: a look, alarms, what heat allows, what was used and who is told. */
  public static JsonObject of(
      Telemetry telemetry, List<Alarm> alarms, QueueStatistics queue, List<Delivery> deliveries) {
    Telemetry.Look look = telemetry.last();
    Duration state = Duration.ofNanos(look.sample().nanos() - look.heat().sinceNanos());
    OptionalDouble joules = telemetry.energy().joules();
    return SampleJson.of(look.sample())
        .put("interval_seconds", telemetry.interval().toMillis() / THOUSAND)
        .put("alarms", new JsonArray(alarms.stream().map(TelemetryJson::alarm).toList()))
        .put("thermal", thermal(look.heat()).put("for_seconds", state.toSeconds()))
        .put(
            "energy",
            new JsonObject()
                .put("joules_total", joules.isPresent() ? rounded(joules.getAsDouble()) : null)
                .put("jobs", measured(queue.jobEnergy()))
                .put("pictures", measured(queue.pictureEnergy())))
        .put("deliveries", new JsonArray(deliveries.stream().map(TelemetryJson::delivery).toList()))
        .put(
            "history",
            new JsonObject()
                .put("kept", telemetry.flaw().isEmpty())
                .put("reason", telemetry.flaw().orElse(null)));
  }

  /** What heat allows, and why that is not everything. */
  public static JsonObject thermal(Decision heat) {
    return new JsonObject()
        .put("state", heat.state().id())
        .put("reason", heat.reason().isEmpty() ? null : heat.reason());
  }

  private static JsonObject alarm(Alarm alarm) {
    return new JsonObject()
        .put("id", alarm.id())
        .put("occurrence", alarm.occurrence())
        .put("severity", alarm.severity().id())
        .put("raised_at", alarm.raisedAt().toString())
        .put("reason", alarm.reason())
        .put("value", alarm.value().isPresent() ? alarm.value().getAsDouble() : null)
        .put("unit", alarm.unit().id())
        .put("process", alarm.process().isEmpty() ? null : alarm.process());
  }

  private static JsonObject delivery(Delivery delivery) {
    OutboxState outbox = delivery.outbox();
    return new JsonObject()
        .put("to", delivery.to())
        .put("name", delivery.name())
        .put("place", delivery.place())
        .put("state", delivery.connected() ? "connected" : "waiting")
        .put("reason", delivery.reason().isEmpty() ? null : delivery.reason())
        .put("warning", delivery.warning().orElse(null))
        .put("last_sent", delivery.lastSent().map(Instant::toString).orElse(null))
        .put("alarms", outbox.mustArrive())
        .put("measurements", outbox.newest())
        .put("bytes", outbox.bytes())
        .put("dropped", outbox.dropped())
        .put("refused", outbox.refused())
        .put("damaged", outbox.damaged())
        .put("fault", outbox.fault().isEmpty() ? null : outbox.fault());
  }

  private static JsonObject measured(QueueStatistics.Measured measured) {
    return new JsonObject()
        .put("measured", measured.count())
        .put("joules_total", rounded(measured.joules()))
        .put("last", energy(measured.newest().orElse(null)));
  }

  /** Energy to a thousandth; null is energy that nobody has measured. */
  public static @Nullable JsonObject energy(@Nullable Energy energy) {
    return energy == null
        ? null
        : new JsonObject()
            .put("joules", rounded(energy.joules()))
            .put("watts", rounded(energy.watts()));
  }

  private static double rounded(double value) {
    return Math.round(value * THOUSAND) / THOUSAND;
  }

  /** Curves, each a list of parts: when it began in milliseconds since 1970, least, mean, most. */
  public static JsonObject of(Telemetry telemetry, Telemetry.Trend trend) {
    JsonObject series = new JsonObject();
    trend
        .series()
        .forEach(
            (id, spans) ->
                series.put(
                    id,
                    new JsonObject()
                        .put(
                            "unit",
                            telemetry
                                .sample()
                                .reading(id)
                                .map(Reading::unit)
                                .map(unit -> unit.id())
                                .orElse(null))
                        .put("parts", parts(spans))));
    return new JsonObject()
        .put("from", trend.from().toString())
        .put("to", trend.to().toString())
        .put("part_seconds", trend.part().toMillis() / THOUSAND)
        .put("series", series);
  }

  private static JsonArray parts(List<Span> spans) {
    JsonArray parts = new JsonArray();
    for (Span span : spans) {
      parts.add(
          new JsonArray()
              .add(span.start().toEpochMilli())
              .add(span.summary().least())
              .add(span.summary().mean())
              .add(span.summary().most()));
    }
    return parts;
  }
}
