package io.airbox.daemon.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written {@code 500MB}. Units are powers of 1024: B, kB, MB, GB.
 *
 * @param bytes 0 or more
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,15})\\s*(B|kB|MB|GB)", Pattern.CASE_INSENSITIVE);

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is 0 bytes or more, was " + bytes);
    }
  }

  /**
   * Reads {@code 10MB}.
   *
   * @throws IllegalArgumentException with the accepted form, if the text is not a size
   */
  public static DataSize parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("is not a size; write a number with B, kB, MB or GB");
    }
    int shift =
        switch (matcher.group(2).toUpperCase(Locale.ROOT)) {
          case "KB" -> 10;
          case "MB" -> 20;
          case "GB" -> 30;
          default -> 0;
        };
    long number = Long.parseLong(matcher.group(1));
    if (number > (Long.MAX_VALUE >> shift)) {
      throw new IllegalArgumentException("is too large for a size");
    }
    return new DataSize(number << shift);
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The shortest exact form, such as {@code 500MB}. */
  @Override
  public String toString() {
    String[] units = {"B", "kB", "MB", "GB"};
    long number = bytes;
    int unit = 0;
    while (number != 0 && number % 1024 == 0 && unit < units.length - 1) {
      number /= 1024;
      unit++;
    }
    return number + units[unit];
  }
}
