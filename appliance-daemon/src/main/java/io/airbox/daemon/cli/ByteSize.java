package io.airbox.daemon.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes, such as {@code 512M}: K, M, G and T are powers of 1024. */
final class ByteSize implements ITypeConverter<Long> {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([KMGT]?)(?:I?B)?");
  private static final String UNITS = "KMGT";
  private static final int BITS = 10;

  @Override
  public Long convert(String text) {
    Matcher size = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!size.matches()) {
      throw new TypeConversionException("'" + text + "' is no size; say 512M or 4G");
    }
    int unit = size.group(2).isEmpty() ? 0 : UNITS.indexOf(size.group(2)) + 1;
    try {
      return Math.multiplyExact(Long.parseLong(size.group(1)), 1L << (unit * BITS));
    } catch (ArithmeticException e) {
      throw new TypeConversionException("'" + text + "' is larger than any card");
    }
  }
}
