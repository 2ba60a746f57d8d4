package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.regex.Pattern;

/** Decimal numbers as netplan reads them. */
final class Numbers {
  private static final Pattern DECIMAL = Pattern.compile("\\d{1,10}");

  private Numbers() {}

  static int prefix(String text, int slash) {
    String digits = text.substring(slash + 1);
    if (!DECIMAL.matcher(digits).matches() || digits.length() > 3) {
      throw NetplanException.invalid(
          "prefix",
          NetplanException.quoted(text) + " has no valid prefix length after the slash; write /24");
    }
    return Integer.parseInt(digits);
  }

  /** A whole number of {@code from} to {@code to}. */
  static long inRange(String field, String text, long from, long to) {
    if (DECIMAL.matcher(text).matches()) {
      long value = Long.parseLong(text);
      if (value >= from && value <= to) {
        return value;
      }
    }
    throw NetplanException.invalid(
        field,
        field
            + ": "
            + NetplanException.quoted(text)
            + " is no whole number from "
            + from
            + " to "
            + to);
  }
}
