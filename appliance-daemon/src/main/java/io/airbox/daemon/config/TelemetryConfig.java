package io.airbox.daemon.config;

import java.time.Duration;

/**
 * How the sensors are looked at.
 *
 * @param interval between two looks
 * @param recent how far back every look is kept in memory
 * @param historyBytes of the minutes on the disk
 */
public record TelemetryConfig(Duration interval, Duration recent, DataSize historyBytes) {
  private static final DataSize LEAST = new DataSize(1L << 20);
  private static final DataSize MOST = new DataSize(10L << 30);

  static TelemetryConfig read(SettingsReader settings) {
    return new TelemetryConfig(
        settings.duration("telemetry.interval", Duration.ofSeconds(1), Duration.ofMinutes(1)),
        settings.duration("telemetry.recent", Duration.ofMinutes(1), Duration.ofDays(1)),
        settings.size("telemetry.history.bytes", LEAST, MOST));
  }
}
