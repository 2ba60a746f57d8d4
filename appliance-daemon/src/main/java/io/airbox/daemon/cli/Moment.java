package io.airbox.daemon.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Points in time as people say them. */
final class Moment {
  private static final Pattern SPAN = Pattern.compile("([1-9]\\d{0,5})([smhdw])");

  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Moment() {}

  /** {@code 3 minutes ago}, {@code in 89 days}; {@code otherwise} when there is none. */
  static String relative(@Nullable String time, Instant now, String otherwise) {
    if (time == null) {
      return otherwise;
    }
    Duration ahead = Duration.between(now, parse(time));
    if (ahead.abs().toSeconds() < 1) {
      return "now";
    }
    return ahead.isNegative() ? length(ahead.negated()) + " ago" : "in " + length(ahead);
  }

  /** {@code 2026-11-23T06:26:11.123Z} without the fraction. */
  static String seconds(String time) {
    return time.replaceFirst("\\.\\d+", "");
  }

  /** In the largest unit of which there are at least two, rounded. */
  private static String length(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 2 * MINUTE) {
      return count(seconds, "second");
    }
    if (rounded(seconds, MINUTE) < 120) {
      return count(rounded(seconds, MINUTE), "minute");
    }
    return rounded(seconds, HOUR) < 48
        ? count(rounded(seconds, HOUR), "hour")
        : count(rounded(seconds, DAY), "day");
  }

  private static long rounded(long seconds, long unit) {
    return (seconds + unit / 2) / unit;
  }

  private static String count(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }

  /**
   * The end of a span such as {@code 90d}, or an RFC 3339 time.
   *
   * @throws CommandFailure it is neither
   */
  static Instant end(String option, String text, Instant now) {
    Matcher span = SPAN.matcher(text);
    if (span.matches()) {
      long count = Long.parseLong(span.group(1));
      return now.plus(
          switch (span.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            default -> Duration.ofDays(7 * count);
          });
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          option
              + " "
              + text
              + " is neither a span such as 90d, 12h or 2w nor a time such as"
              + " 2027-01-31T00:00:00Z",
          e);
    }
  }

  private static Instant parse(String time) {
    try {
      return Instant.parse(time);
    } catch (DateTimeParseException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, "the daemon sent \"" + Table.harmless(time) + "\" for a time", e);
    }
  }
}
