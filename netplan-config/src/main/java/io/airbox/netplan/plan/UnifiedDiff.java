package io.airbox.netplan.plan;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Differences of texts as {@code diff -u} writes them, secrets hidden. */
final class UnifiedDiff {
  private static final int CONTEXT = 3;

  private UnifiedDiff() {}

  /** All files of two trees that differ, by path. */
  static String of(Map<String, String> before, Map<String, String> after) {
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    StringBuilder out = new StringBuilder();
    for (String name : names) {
      String old = before.get(name);
      String now = after.get(name);
      if (old == null || now == null || !old.equals(now)) {
        List<String> lines = lines(Secrets.hidden(old == null ? "" : old));
        List<String> diff =
            UnifiedDiffUtils.generateUnifiedDiff(
                old == null ? "/dev/null" : "a/" + name,
                now == null ? "/dev/null" : "b/" + name,
                lines,
                DiffUtils.diff(lines, lines(Secrets.hidden(now == null ? "" : now))),
                CONTEXT);
        if (diff.isEmpty()) {
          diff =
              List.of("--- a/" + name, "+++ b/" + name, "\\ only a hidden value changes: " + name);
        }
        for (String line : diff) {
          // as diff and patch count the lines of no file
          out.append(
                  line.startsWith("@@ -1,0 ")
                      ? line.replace("-1,0", "-0,0")
                      : line.startsWith("@@ ") ? line.replace("+1,0 @@", "+0,0 @@") : line)
              .append('\n');
        }
      }
    }
    return out.toString();
  }

  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    int last = lines.size() - 1;
    String rest = lines.remove(last);
    if (!rest.isEmpty()) {
      lines.add(rest + "\n\\ No newline at end of file");
    }
    return lines;
  }
}
