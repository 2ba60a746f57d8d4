package io.airbox.daemon.config;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How the sensors are looked at, and what is too much.
 *
 * @param interval between two looks
 * @param recent how far back every look is kept in memory
 * @param historyBytes of the minutes on the disk
 * @param powerLimit watts of input power from which on there is an alarm; empty for none
 */
public record TelemetryConfig(
    Duration interval, Duration recent, DataSize historyBytes, OptionalDouble powerLimit) {
  private static final DataSize LEAST = new DataSize(1L << 20);
  private static final DataSize MOST = new DataSize(10L << 30);

  /** The most that the board's controller can tell. */
  private static final int MOST_WATTS = 65;

  static TelemetryConfig read(SettingsReader settings) {
    return new TelemetryConfig(
        settings.duration("telemetry.interval", Duration.ofSeconds(1), Duration.ofMinutes(1)),
        settings.duration("telemetry.recent", Duration.ofMinutes(1), Duration.ofDays(1)),
        settings.size("telemetry.history.bytes", LEAST, MOST),
        settings.optionalInteger("alarms.power.limit", 1, MOST_WATTS).stream()
            .asDoubleStream()
            .findFirst());
  }
}
