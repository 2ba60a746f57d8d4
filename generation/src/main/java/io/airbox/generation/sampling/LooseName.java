package io.airbox.generation.sampling;

import java.util.Locale;

/** Names as people type them, for a forgiving comparison. */
final class LooseName {
  private LooseName() {}

  /** Lower case, {@code ++} spelt {@code pp}, and nothing but letters and digits. */
  static String of(String name) {
    StringBuilder loose = new StringBuilder();
    name.toLowerCase(Locale.ROOT)
        .replace("++", "pp")
        .codePoints()
        .filter(c -> c < 128 && Character.isLetterOrDigit(c))
        .forEach(loose::appendCodePoint);
    return loose.toString();
  }
}
