package io.airbox.daemon.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that somebody probably meant. */
public final class DidYouMean {
  private DidYouMean() {}

  /**
   * The known name nearest to a mistyped one, if one is near: at most a third of its letters differ
   * (insertions, deletions, replacements, neighbours swapped).
   */
  public static Optional<String> nearest(String mistyped, Collection<String> known) {
    String wanted = mistyped.strip();
    return known.stream()
        .filter(
            name ->
                distance(wanted.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))
                    <= Math.max(1, name.length() / 3))
        .min(
            Comparator.<String>comparingInt(
                    name ->
                        distance(wanted.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** {@code "; did you mean X?"}, or an empty text when nothing is near. */
  public static String suffix(String mistyped, Collection<String> known) {
    return nearest(mistyped, known).map(name -> "; did you mean " + name + "?").orElse("");
  }

  private static int distance(String left, String right) {
    if (left.length() > 100) {
      return Integer.MAX_VALUE;
    }
    int[][] table = new int[left.length() + 1][right.length() + 1];
    for (int i = 0; i <= left.length(); i++) {
      for (int j = 0; j <= right.length(); j++) {
        if (i == 0 || j == 0) {
          table[i][j] = i + j;
          continue;
        }
        int replaced = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        table[i][j] =
            Math.min(
                table[i - 1][j - 1] + replaced, Math.min(table[i - 1][j], table[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && left.charAt(i - 1) == right.charAt(j - 2)
            && left.charAt(i - 2) == right.charAt(j - 1)) {
          table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
        }
      }
    }
    return table[left.length()][right.length()];
  }
}
