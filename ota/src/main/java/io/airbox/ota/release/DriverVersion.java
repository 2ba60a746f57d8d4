package io.airbox.ota.release;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Versions of the vendor's driver: three numbers, and what a build adds, which counts for nothing.
 */
final class DriverVersion {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})([^0-9].*)?");

  private DriverVersion() {}

  static boolean isOne(String text) {
    return FORM.matcher(text).matches();
  }

  /** Whether {@code have} is {@code least} or newer; not when it is no version. */
  static boolean isAtLeast(String have, String least) {
    return isOne(have) && Arrays.compare(numbers(have), numbers(least)) >= 0;
  }

  private static int[] numbers(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a driver's version: " + text);
    }
    return new int[] {
      Integer.parseInt(matcher.group(1)),
      Integer.parseInt(matcher.group(2)),
      Integer.parseInt(matcher.group(3))
    };
  }
}
