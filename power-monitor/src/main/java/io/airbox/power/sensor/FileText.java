package io.airbox.power.sensor;

import io.airbox.power.Unit;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file says, or why it says nothing.
 *
 * @param source the file, from the root on
 * @param text empty when it could not be read
 * @param reason of that
 */
record FileText(String source, Optional<String> text, String reason) {
  private static final Pattern NUMBER = Pattern.compile("\\s*(-?\\d{1,18})\\s*");
  private static final int SHOWN = 40;

  static FileText of(String source, String text) {
    return new FileText(source, Optional.of(text), "");
  }

  static FileText missing(String source, String reason) {
    return new FileText(source, Optional.empty(), reason);
  }

  /** The text without white space around it; empty when it could not be read. */
  String stripped() {
    return text.orElse("").strip();
  }

  /** The file holds one whole number, of which so many make one unit. */
  Measurement number(String id, Unit unit, double inOne, double least, double most) {
    return number(id, unit, NUMBER, true, inOne, least, most);
  }

  /** The first group of the pattern's first match is a whole number. */
  Measurement number(
      String id, Unit unit, Pattern pattern, double inOne, double least, double most) {
    return number(id, unit, pattern, false, inOne, least, most);
  }

  private Measurement number(
      String id,
      Unit unit,
      Pattern pattern,
      boolean whole,
      double inOne,
      double least,
      double most) {
    if (text.isEmpty()) {
      return Measurement.unknown(id, unit, source, reason);
    }
    Matcher matcher = pattern.matcher(text.get());
    OptionalDouble count =
        (whole ? matcher.matches() : matcher.find())
            ? OptionalDouble.of(Double.parseDouble(matcher.group(1)))
            : OptionalDouble.empty();
    if (count.isEmpty()) {
      return Measurement.unknown(id, unit, source, odd());
    }
    double value = count.getAsDouble() / inOne;
    return value >= least && value <= most
        ? Measurement.of(id, unit, value, source)
        : Measurement.unknown(id, unit, source, odd());
  }

  /** A reason for people: what it says instead of something plausible. */
  String odd() {
    return text.map(said -> "says \"" + shown(said.strip()) + "\"").orElse(reason);
  }

  /** Short and harmless. */
  static String shown(String text) {
    String printable = text.replaceAll("[^ -~]+", " ");
    return printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "...";
  }
}
