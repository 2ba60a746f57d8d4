package io.airbox.power.history;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One part of a time and what the values were in it. */
public record Span(Instant start, Duration length, Summary summary) {
  /** A summary and when it was. */
  record At(Instant at, Summary summary) {}

  /**
   * As many parts of a time as there is room for; those without values are left out.
   *
   * @param from where the first part begins
   * @param to where the last one ends
   * @param parts at least 1
   */
  static List<Span> of(List<At> values, Instant from, Instant to, int parts) {
    long length = lengthMillis(from, to, parts);
    Map<Long, Summary> summaries = new TreeMap<>();
    for (At value : values) {
      if (!value.at().isBefore(from) && value.at().isBefore(to)) {
        long part = Duration.between(from, value.at()).toMillis() / length;
        summaries.merge(part, value.summary(), Summary::and);
      }
    }
    List<Span> spans = new ArrayList<>();
    summaries.forEach(
        (part, summary) ->
            spans.add(
                new Span(from.plusMillis(part * length), Duration.ofMillis(length), summary)));
    return spans;
  }

  /** How long each of the parts is; the last one may go beyond the end. */
  public static Duration length(Instant from, Instant to, int parts) {
    return Duration.ofMillis(lengthMillis(from, to, parts));
  }

  private static long lengthMillis(Instant from, Instant to, int parts) {
    long whole = Duration.between(from, to).toMillis();
    if (whole <= 0 || parts < 1) {
      throw new IllegalArgumentException(
          "cannot part " + from + " to " + to + " into " + parts + "; both must be positive");
    }
    return (whole + parts - 1) / parts;
  }
}
