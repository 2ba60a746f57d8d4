package io.airbox.generation.sampling;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Names as people type them: forgiving comparison, and a suggestion when nothing fits. */
final class NearestName {
  /** Names are short; longer input is only quoted, never compared. */
  private static final int LONGEST = 64;

  private NearestName() {}

  /** Lower case, {@code ++} spelt {@code pp}, and nothing but letters and digits. */
  static String simplify(String name) {
    StringBuilder simple = new StringBuilder();
    name.toLowerCase(Locale.ROOT)
        .replace("++", "pp")
        .codePoints()
        .filter(c -> c < 128 && Character.isLetterOrDigit(c))
        .forEach(simple::appendCodePoint);
    return simple.toString();
  }

  /** "unknown sampler "Eular"; did you mean euler? known: …". */
  static <T> String unknown(String what, String given, T[] known, Function<T, String> id) {
    String shown = given.length() > LONGEST ? given.substring(0, LONGEST) + "…" : given;
    String wanted = simplify(shown);
    String nearest = "";
    int least = Math.max(2, wanted.length() / 3) + 1;
    for (T candidate : known) {
      int distance = distance(wanted, simplify(id.apply(candidate)));
      if (distance < least) {
        least = distance;
        nearest = "; did you mean " + id.apply(candidate) + "?";
      }
    }
    String all = Arrays.stream(known).map(id).collect(Collectors.joining(", "));
    return "unknown "
        + what
        + " \""
        + shown
        + "\""
        + (nearest.isEmpty() ? "." : nearest)
        + " Known: "
        + all;
  }

  /** Edits (insert, delete, replace) between two words. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
