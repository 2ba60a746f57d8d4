package io.airbox.ota.download;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * Hours of each day in which nothing is fetched.
 *
 * @param from when they begin
 * @param to when they end; earlier than {@code from} when midnight is between
 * @param zone whose time it is
 */
public record QuietHours(LocalTime from, LocalTime to, ZoneId zone) {
  public QuietHours {
    if (from.equals(to)) {
      throw new IllegalArgumentException(
          "quiet hours from " + from + " to " + to + " would never begin or never end");
    }
  }

  /**
   * Reads {@code 08:00-22:00}.
   *
   * @throws IllegalArgumentException it is not of that form
   */
  public static QuietHours parse(String text, ZoneId zone) {
    String[] ends = text.split("-", -1);
    try {
      if (ends.length == 2) {
        return new QuietHours(
            LocalTime.parse(ends[0].strip()), LocalTime.parse(ends[1].strip()), zone);
      }
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(form(text), e);
    }
    throw new IllegalArgumentException(form(text));
  }

  private static String form(String text) {
    return "quiet hours must be like 08:00-22:00, are " + text;
  }

  /** How long it is until something may be fetched; zero when it may be now. */
  public Duration left(Instant now) {
    ZonedDateTime here = now.atZone(zone);
    LocalTime time = here.toLocalTime();
    boolean quiet =
        from.isBefore(to)
            ? !time.isBefore(from) && time.isBefore(to)
            : !time.isBefore(from) || time.isBefore(to);
    if (!quiet) {
      return Duration.ZERO;
    }
    ZonedDateTime end = here.with(to);
    return Duration.between(here, end.isAfter(here) ? end : here.plusDays(1).with(to));
  }
}
