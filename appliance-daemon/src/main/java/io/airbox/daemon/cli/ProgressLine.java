package io.airbox.daemon.cli;

import java.io.PrintWriter;
import java.util.Locale;

/** One line that is written over and over, on a terminal only. */
final class ProgressLine {
  private static final int WIDTH = 24;

  /** Set by the launcher when standard error is a terminal. */
  private static final String TERMINAL = "airbox.terminal";

  private final PrintWriter out;
  private final boolean shown;
  private int length;

  ProgressLine(PrintWriter out) {
    this(out, onTerminal());
  }

  /** Whether standard error is a terminal. */
  static boolean onTerminal() {
    return Boolean.getBoolean(TERMINAL);
  }

  ProgressLine(PrintWriter out, boolean shown) {
    this.out = out;
    this.shown = shown;
  }

  /**
   * Shows how far it is.
   *
   * @param fraction 0…1
   * @param what what is going on
   */
  synchronized void show(double fraction, String what) {
    if (!shown) {
      return;
    }
    int full = (int) Math.round(Math.max(0, Math.min(1, fraction)) * WIDTH);
    String line =
        String.format(
            Locale.ROOT,
            "[%s%s] %3d %%  %s",
            "=".repeat(full),
            " ".repeat(WIDTH - full),
            Math.round(fraction * 100),
            what);
    write(line);
  }

  /** Shows what is going on where nobody knows how much there is to do. */
  synchronized void note(String what) {
    if (shown) {
      write(what);
    }
  }

  private void write(String line) {
    out.print("\r" + line + " ".repeat(Math.max(0, length - line.length())));
    out.flush();
    length = line.length();
  }

  /** Wipes the line. */
  synchronized void clear() {
    if (shown && length > 0) {
      out.print("\r" + " ".repeat(length) + "\r");
      out.flush();
      length = 0;
    }
  }
}
