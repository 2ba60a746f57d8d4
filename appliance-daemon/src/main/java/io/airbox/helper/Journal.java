package io.airbox.helper;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Lines for the journal, which systemd reads from standard error. */
final class Journal {
  private static final int LONGEST = 400;

  private final PrintStream out;

  /**
   * @param out where lines go, with the level in front as systemd has it
   */
  Journal(PrintStream out) {
    this.out = out;
  }

  void info(String line) {
    write("<6>", line);
  }

  void warning(String line) {
    write("<4>", line);
  }

  private void write(String level, String line) {
    String printable = printable(line);
    String cut = printable.length() <= LONGEST ? printable : printable.substring(0, LONGEST) + "…";
    byte[] bytes = (level + cut + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(bytes, 0, bytes.length);
    out.flush();
  }

  /** A text in which nothing can pass for a new line or move a terminal's cursor. */
  static String printable(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            code -> {
              if (code == '\n') {
                shown.append(" | ");
              } else if (isUnprintable(code)) {
                shown.append('?');
              } else {
                shown.appendCodePoint(code);
              }
            });
    return shown.toString();
  }

  private static boolean isUnprintable(int code) {
    int kind = Character.getType(code);
    return kind == Character.CONTROL
        || kind == Character.FORMAT
        || kind == Character.SURROGATE
        || kind == Character.LINE_SEPARATOR
        || kind == Character.PARAGRAPH_SEPARATOR;
  }
}
