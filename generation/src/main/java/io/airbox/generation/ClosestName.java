package io.airbox.generation;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name somebody probably meant, for "did you mean". */
public final class ClosestName {
  /** Names are short; longer input is never compared. */
  private static final int LONGEST = 80;

  private ClosestName() {}

  /**
   * The known name nearest to {@code wanted} by insertions, deletions, replacements and swaps of
   * neighbours, case ignored.
   *
   * @return empty when nothing is near: more than a third of the letters differ, or {@code wanted}
   *     is no name at all for its length
   */
  public static Optional<String> to(String wanted, Collection<String> known) {
    if (wanted.length() > LONGEST) {
      return Optional.empty();
    }
    String folded = fold(wanted);
    return known.stream()
        .filter(name -> distance(folded, fold(name)) <= allowed(folded, name))
        .min(Comparator.comparingInt((String name) -> distance(folded, fold(name))));
  }

  /** " Did you mean “x”?" with its leading blank, or nothing. */
  public static String hint(String wanted, Collection<String> known) {
    return to(wanted, known).map(name -> " Did you mean \"" + name + "\"?").orElse("");
  }

  private static int allowed(String wanted, String name) {
    return Math.max(1, Math.max(wanted.length(), name.length()) / 3);
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
  }

  /** Optimal string alignment distance. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replace, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
