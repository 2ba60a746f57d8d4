package io.airbox.daemon.cli;

import io.airbox.daemon.telemetry.SampleJson;
import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.TripPoint;
import io.airbox.power.Unit;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** A sample as lines for people. */
final class TelemetryText {
  private static final double PERCENT = 100;
  private static final double KILO = 1000;
  private static final String[] PREFIXES = {"", "k", "M", "G", "T"};
  private static final double KIBI = 1024;
  private static final String[] BINARY_PREFIXES = {"", "Ki", "Mi", "Gi", "Ti"};

  private TelemetryText() {}

  static String of(Sample sample) {
    Table table = new Table("READING", "VALUE", "QUALITY", "FROM");
    for (Reading reading : sample.readings()) {
      table.row(reading.id(), value(reading), quality(reading), from(reading));
    }
    String trips = trips(sample.trips());
    return trips.isEmpty() ? table.toString() : table + "\n\n" + trips;
  }

  /** What a daemon tells: besides the sensors, what heat allows and what energy was used. */
  static String of(JsonObject told) {
    Sample sample;
    String rest;
    try {
      sample = SampleJson.read(told);
      rest =
          heat(told.getJsonObject("thermal"))
              + energy(told.getJsonObject("energy"))
              + deliveries(told.getJsonArray("deliveries", new JsonArray()));
    } catch (RuntimeException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, "the daemon's telemetry cannot be read: " + e.getMessage(), e);
    }
    return of(sample) + "\n\n" + rest;
  }

  private static String heat(JsonObject thermal) {
    String reason = thermal.getString("reason");
    return "heat: " + thermal.getString("state") + (reason == null ? "" : ", " + reason);
  }

  private static String energy(JsonObject energy) {
    Double joules = energy.getDouble("joules_total");
    if (joules == null) {
      return "\nenergy: unknown, no sensor tells the input power";
    }
    JsonObject last = energy.getJsonObject("pictures").getJsonObject("last");
    return "\nenergy: "
        + value(joules, Unit.JOULES)
        + " since the daemon's start"
        + (last == null
            ? ""
            : ", "
                + value(last.getDouble("joules"), Unit.JOULES)
                + " for the last picture at "
                + value(last.getDouble("watts"), Unit.WATTS));
  }

  private static String deliveries(JsonArray deliveries) {
    if (deliveries.isEmpty()) {
      return "\ntold to: nobody";
    }
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < deliveries.size(); i++) {
      JsonObject each = deliveries.getJsonObject(i);
      lines
          .append("\ntold to: ")
          .append(each.getString("to"))
          .append(' ')
          .append(each.getString("name"))
          .append(" at ")
          .append(each.getString("place"))
          .append(", ")
          .append(each.getString("state"));
      for (String why : List.of("reason", "warning", "fault")) {
        if (each.getString(why) != null) {
          lines.append(": ").append(each.getString(why));
        }
      }
      lines
          .append("; waiting: ")
          .append(each.getInteger("alarms"))
          .append(" alarms, ")
          .append(each.getInteger("measurements"))
          .append(" minutes; last sent: ")
          .append(Objects.requireNonNullElse(each.getString("last_sent"), "nothing yet"));
    }
    return lines.toString();
  }

  private static String quality(Reading reading) {
    return reading.quality() == Quality.STALE
        ? "stale for " + reading.age().toSeconds() + " s"
        : reading.quality().id();
  }

  private static String from(Reading reading) {
    return reading.reason().isEmpty() ? reading.source() : reading.reason();
  }

  private static String value(Reading reading) {
    return reading.value().isPresent() ? value(reading.value().getAsDouble(), reading.unit()) : "-";
  }

  private static String value(double value, Unit unit) {
    return switch (unit) {
      case CELSIUS -> rounded(value, 1) + " °C";
      case WATTS, VOLTS, AMPERES -> rounded(value, 2) + " " + unit.symbol();
      case JOULES, RPM -> rounded(value, 0) + " " + unit.symbol();
      case RATIO -> rounded(value * PERCENT, 0) + " %";
      case HERTZ -> scaled(value, KILO, PREFIXES) + unit.symbol();
      case BYTES, BYTES_PER_SECOND -> scaled(value, KIBI, BINARY_PREFIXES) + unit.symbol();
      case SECONDS -> time(Duration.ofSeconds((long) value));
      case COUNT -> value == Math.rint(value) ? rounded(value, 0) : rounded(value, 2);
    };
  }

  private static String rounded(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** With the largest prefix that leaves a digit before the point. */
  private static String scaled(double value, double step, String[] prefixes) {
    double rest = value;
    int prefix = 0;
    while (rest >= step && prefix < prefixes.length - 1) {
      rest /= step;
      prefix++;
    }
    return rounded(rest, prefix == 0 ? 0 : 2) + " " + prefixes[prefix];
  }

  private static String time(Duration time) {
    String clock =
        String.format(
            Locale.ROOT,
            "%d:%02d:%02d",
            time.toHoursPart(),
            time.toMinutesPart(),
            time.toSecondsPart());
    return time.toDays() == 0 ? clock : time.toDays() + " d " + clock;
  }

  private static String trips(List<TripPoint> trips) {
    return trips.stream().map(TelemetryText::trip).collect(Collectors.joining("\n"));
  }

  private static String trip(TripPoint trip) {
    String what =
        switch (trip.kind()) {
          case ACTIVE -> "turns fans up";
          case PASSIVE -> "slows down";
          case HOT -> "warns";
          case CRITICAL -> "shuts down";
        };
    String until =
        trip.hysteresis() > 0
            ? ", until " + rounded(trip.celsius() - trip.hysteresis(), 0) + " °C"
            : "";
    return "at "
        + rounded(trip.celsius(), 0)
        + " °C of "
        + trip.zone()
        + " the kernel "
        + what
        + until;
  }
}
