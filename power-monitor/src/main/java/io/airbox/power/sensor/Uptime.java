package io.airbox.power.sensor;

import io.airbox.power.Unit;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long the system has run, by {@code proc/uptime}. */
final class Uptime {
  static final String FILE = "proc/uptime";

  private static final Pattern SECONDS = Pattern.compile("^(\\d{1,12}(?:\\.\\d{1,6})?)\\s");

  private Uptime() {}

  static OptionalDouble seconds(FileText text) {
    Matcher matcher = SECONDS.matcher(text.text().orElse(""));
    return matcher.find()
        ? OptionalDouble.of(Double.parseDouble(matcher.group(1)))
        : OptionalDouble.empty();
  }

  static Measurement measurement(FileText text) {
    return Measurement.of("uptime.system", Unit.SECONDS, seconds(text), text.source(), text.odd());
  }
}
