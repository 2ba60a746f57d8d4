package io.airbox.generation;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Texts of errors and warnings, the same under every locale. */
public final class Message {
  private Message() {}

  /** {@link String#format} without the locale's digits and separators. */
  @SuppressWarnings(
      "AnnotateFormatMethod") // the annotation would be this module's only use of its library
  public static String of(String pattern, @Nullable Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
