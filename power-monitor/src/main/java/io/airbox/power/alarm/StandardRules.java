package io.airbox.power.alarm;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.TripPoint;
import io.airbox.power.Unit;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** What is watched on every machine, as far as it has it. */
public final class StandardRules {
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration CALM = Duration.ofSeconds(10);
  private static final Duration SUSTAINED = Duration.ofSeconds(30);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** A zone's alarm ends so far below its limit, unless the kernel tells more. */
  private static final double LEAST_HYSTERESIS = 3;

  /** So far below the temperature at which the kernel shuts down. */
  private static final double BEFORE_SHUTDOWN = 5;

  private static final double STORAGE_LEAST = 0.05;
  private static final double STORAGE_RIGHT = 0.08;
  private static final double MEMORY_LEAST = 0.05;
  private static final double MEMORY_RIGHT = 0.10;
  private static final double WORN = 0.9;
  private static final double END_OF_LIFE_URGENT = 3;
  private static final double POWER_HYSTERESIS = 0.9;

  private static final String STORAGE = "storage.";
  private static final String FREE = ".free";
  private static final String SIZE = ".size";

  private StandardRules() {}

  /**
   * All of them.
   *
   * @param mostWatts input power from which on there is an alarm; empty for none
   */
  public static List<AlarmRule> of(OptionalDouble mostWatts) {
    List<AlarmRule> rules = new ArrayList<>();
    rules.add(rule("heat.hot", Severity.WARNING, Blame.BUSIEST, AT_ONCE, AT_ONCE, hot()));
    rules.add(
        rule("heat.critical", Severity.CRITICAL, Blame.BUSIEST, AT_ONCE, AT_ONCE, critical()));
    rules.add(rule("heat.zone", Severity.WARNING, Blame.BUSIEST, CALM, CALM, StandardRules::zones));
    rules.add(
        rule("throttled", Severity.WARNING, Blame.BUSIEST, CALM, CALM, StandardRules::throttled));
    rules.add(
        rule("controller", Severity.WARNING, Blame.NONE, AT_ONCE, CALM, StandardRules::controller));
    rules.add(
        rule("storage.full", Severity.WARNING, Blame.NONE, MINUTE, MINUTE, StandardRules::storage));
    rules.add(
        rule("storage.worn", Severity.WARNING, Blame.NONE, MINUTE, MINUTE, StandardRules::worn));
    rules.add(
        rule(
            "memory.low",
            Severity.WARNING,
            Blame.LARGEST,
            SUSTAINED,
            SUSTAINED,
            StandardRules::memory));
    rules.add(
        rule("sensor.lost", Severity.WARNING, Blame.NONE, MINUTE, CALM, StandardRules::sensors));
    if (mostWatts.isPresent()) {
      double most = mostWatts.getAsDouble();
      rules.add(
          rule(
              "power.high",
              Severity.WARNING,
              Blame.BUSIEST,
              CALM,
              CALM,
              (sample, heat) -> power(sample, most)));
    }
    return rules;
  }

  private static AlarmRule rule(
      String id,
      Severity severity,
      Blame blame,
      Duration raiseAfter,
      Duration clearAfter,
      AlarmRule.Gauge gauge) {
    return new AlarmRule(id, severity, blame, raiseAfter, clearAfter, gauge);
  }

  /** The policy has its own hysteresis and hold times. */
  private static AlarmRule.Gauge hot() {
    return (sample, heat) -> heat(sample, heat, heat.state() == ThermalState.HOT || critical(heat));
  }

  private static AlarmRule.Gauge critical() {
    return (sample, heat) -> heat(sample, heat, critical(heat));
  }

  private static boolean critical(Decision heat) {
    return heat.state() == ThermalState.CRITICAL;
  }

  private static List<Level> heat(Sample sample, Decision heat, boolean beyond) {
    OptionalDouble celsius =
        good(sample, "temperature.soc").map(Reading::value).orElse(OptionalDouble.empty());
    String reason = heat.reason().isEmpty() ? "the chip is cool enough again" : heat.reason();
    return List.of(
        new Level("", beyond ? Verdict.BEYOND : Verdict.WITHIN, celsius, Unit.CELSIUS, reason));
  }

  /** Other zones that the kernel shuts the machine down for. */
  private static List<Level> zones(Sample sample, Decision heat) {
    List<Level> levels = new ArrayList<>();
    for (Reading reading : starting(sample, "temperature.")) {
      String zone = reading.id().substring("temperature.".length());
      Optional<TripPoint> end =
          sample.trips().stream()
              .filter(trip -> trip.zone().equals(zone) && trip.kind() == TripPoint.Kind.CRITICAL)
              .min(Comparator.comparingDouble(TripPoint::celsius));
      if (zone.equals("soc") || end.isEmpty()) {
        continue;
      }
      double limit = end.get().celsius() - BEFORE_SHUTDOWN;
      double right = limit - Math.max(LEAST_HYSTERESIS, end.get().hysteresis());
      levels.add(
          above(
              zone,
              reading,
              limit,
              right,
              String.format(
                  Locale.ROOT,
                  "%s: the kernel shuts down at %.0f °C",
                  reading.id(),
                  end.get().celsius())));
    }
    return levels;
  }

  private static List<Level> throttled(Sample sample, Decision heat) {
    return sample
        .reading("throttle.level")
        .map(level -> above("", level, 1, 0, "the kernel slows the TPU down"))
        .stream()
        .toList();
  }

  private static List<Level> controller(Sample sample, Decision heat) {
    return starting(sample, "alert.").stream()
        .map(
            alert -> {
              String name = alert.id().substring("alert.".length());
              return above(name, alert, 1, 0, "the board's controller tells " + name);
            })
        .toList();
  }

  private static List<Level> storage(Sample sample, Decision heat) {
    List<Level> levels = new ArrayList<>();
    for (Reading free : starting(sample, STORAGE)) {
      if (free.id().endsWith(FREE)) {
        String name = free.id().substring(STORAGE.length(), free.id().length() - FREE.length());
        levels.add(
            share(
                name,
                free,
                sample.reading(STORAGE + name + SIZE),
                STORAGE_LEAST,
                STORAGE_RIGHT,
                "is free of the file system " + name));
      }
    }
    return levels;
  }

  private static List<Level> memory(Sample sample, Decision heat) {
    return sample
        .reading("memory.available")
        .map(
            free ->
                share(
                    "",
                    free,
                    sample.reading("memory.size"),
                    MEMORY_LEAST,
                    MEMORY_RIGHT,
                    "of the memory is available"))
        .stream()
        .toList();
  }

  private static List<Level> worn(Sample sample, Decision heat) {
    List<Level> levels = new ArrayList<>();
    for (Reading reading : starting(sample, "disk.")) {
      String name = reading.id().substring("disk.".length());
      if (name.endsWith(".wear-a") || name.endsWith(".wear-b")) {
        levels.add(
            above(name, reading, WORN, WORN, "so much of the life of its memory cells is used"));
      } else if (name.endsWith(".end-of-life")) {
        levels.add(
            above(
                name,
                reading,
                END_OF_LIFE_URGENT,
                END_OF_LIFE_URGENT - 1,
                "its spare blocks are nearly used up"));
      }
    }
    return levels;
  }

  /** What every box has and what its protection needs. */
  private static List<Level> sensors(Sample sample, Decision heat) {
    List<Level> levels = new ArrayList<>();
    for (String id : List.of("temperature.soc", "power.input")) {
      sample
          .reading(id)
          .ifPresent(
              reading ->
                  levels.add(
                      new Level(
                          id,
                          reading.quality() == Quality.UNKNOWN ? Verdict.BEYOND : Verdict.WITHIN,
                          OptionalDouble.empty(),
                          reading.unit(),
                          reading.quality() == Quality.UNKNOWN
                              ? id + " is unknown: " + reading.reason()
                              : id + " is known")));
    }
    return levels;
  }

  private static List<Level> power(Sample sample, double most) {
    return sample
        .reading("power.input")
        .map(
            watts ->
                above(
                    "",
                    watts,
                    most,
                    most * POWER_HYSTERESIS,
                    String.format(Locale.ROOT, "the limit of input power is %.1f W", most)))
        .stream()
        .toList();
  }

  /** Beyond from the limit on; right at or below the other. */
  private static Level above(
      String subject, Reading reading, double limit, double right, String what) {
    if (reading.quality() != Quality.GOOD) {
      return unknown(subject, reading);
    }
    double value = reading.value().orElseThrow();
    Verdict verdict =
        value >= limit ? Verdict.BEYOND : value <= right ? Verdict.WITHIN : Verdict.BETWEEN;
    return new Level(
        subject,
        verdict,
        reading.value(),
        reading.unit(),
        String.format(Locale.ROOT, "%s; it is %s", what, shown(value, reading.unit())));
  }

  /** Beyond below the least share; right at or above the other. */
  private static Level share(
      String subject,
      Reading part,
      Optional<Reading> whole,
      double least,
      double right,
      String what) {
    OptionalDouble size =
        whole
            .filter(reading -> reading.quality() == Quality.GOOD)
            .map(Reading::value)
            .orElse(OptionalDouble.empty());
    if (part.quality() != Quality.GOOD || size.isEmpty() || size.getAsDouble() <= 0) {
      return unknown(subject, part);
    }
    double share = part.value().orElseThrow() / size.getAsDouble();
    Verdict verdict =
        share < least ? Verdict.BEYOND : share >= right ? Verdict.WITHIN : Verdict.BETWEEN;
    return new Level(
        subject,
        verdict,
        OptionalDouble.of(share),
        Unit.RATIO,
        String.format(Locale.ROOT, "%.1f %% %s", share * 100, what));
  }

  private static Level unknown(String subject, Reading reading) {
    return new Level(
        subject, Verdict.UNKNOWN, OptionalDouble.empty(), reading.unit(), reading.reason());
  }

  private static String shown(double value, Unit unit) {
    return unit == Unit.COUNT
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.2f %s", value, unit.symbol()).strip();
  }

  private static List<Reading> starting(Sample sample, String prefix) {
    return sample.readings().stream().filter(reading -> reading.id().startsWith(prefix)).toList();
  }

  private static Optional<Reading> good(Sample sample, String id) {
    return sample.reading(id).filter(reading -> reading.quality() == Quality.GOOD);
  }
}
