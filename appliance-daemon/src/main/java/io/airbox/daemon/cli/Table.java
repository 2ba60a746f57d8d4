package io.airbox.daemon.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Rows of text in aligned columns. What a cell says may come from anybody, so characters that a
 * terminal would obey are replaced.
 */
final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** A table under these headings; without any, just rows. */
  Table(String... headings) {
    if (headings.length > 0) {
      rows.add(Arrays.asList(headings));
    }
  }

  /** Adds a row; returns this. */
  Table row(String... cells) {
    rows.add(Arrays.stream(cells).map(Table::harmless).toList());
    return this;
  }

  /** Whether it has no row, not even headings. */
  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Without control characters, which could rewrite what the terminal shows. */
  static String harmless(String text) {
    return text.codePoints()
        .map(each -> obeyed(each) ? '\uFFFD' : each)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Controls, and the marks that turn the direction of writing. */
  private static boolean obeyed(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  /** The lines, without a last line break. */
  @Override
  public String toString() {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      line.append(row.get(i)).append(" ".repeat(widths[i] - width(row.get(i)))).append(GAP);
    }
    return line.toString().stripTrailing();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
