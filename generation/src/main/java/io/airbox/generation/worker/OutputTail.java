package io.airbox.generation.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * What a process prints: passed on line by line, but no more than so many lines a second, and the
 * last lines kept for the message that tells how it ended. Thread-safe.
 */
final class OutputTail {
  /** Passed on but not kept: it says less than the line above it. */
  private static final Pattern STACK_FRAME = Pattern.compile("\\s+(at |\\.\\.\\. \\d+ more)");

  private static final int KEPT = 20;
  private static final int LONGEST_LINE = 2000;
  private static final int LINES_PER_SECOND = 50;
  private static final long SECOND = 1_000_000_000;

  private final Consumer<String> log;
  private final LongSupplier nanoTime;
  private final Deque<String> last = new ArrayDeque<>(KEPT);
  // the reading thread's own
  private long windowBegin;
  private int linesInWindow;
  private int dropped;

  OutputTail(Consumer<String> log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
    this.windowBegin = nanoTime.getAsLong();
  }

  /** Reads to the end. Lines that are too long are cut into several. */
  void drain(InputStream output) {
    try (Reader reader =
        new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
      StringBuilder line = new StringBuilder();
      for (int next = reader.read(); next >= 0; next = reader.read()) {
        if (next == '\n' || line.length() == LONGEST_LINE) {
          line(line.toString());
          line.setLength(0);
        }
        if (next != '\n' && next != '\r') {
          line.append((char) next);
        }
      }
      line(line.toString());
    } catch (IOException closed) {
      line(""); // the process was killed while it printed
    }
    reportDropped();
  }

  /** The last lines, oldest first. */
  List<String> last() {
    synchronized (last) {
      return List.copyOf(last);
    }
  }

  private void line(String line) {
    if (line.isBlank()) {
      return;
    }
    if (!STACK_FRAME.matcher(line).lookingAt()) {
      keep(line);
    }
    long now = nanoTime.getAsLong();
    if (now - windowBegin >= SECOND) {
      reportDropped();
      windowBegin = now;
      linesInWindow = 0;
    }
    if (linesInWindow < LINES_PER_SECOND) {
      linesInWindow++;
      log.accept(line);
    } else {
      dropped++;
    }
  }

  private void keep(String line) {
    synchronized (last) {
      if (last.size() == KEPT) {
        last.remove();
      }
      last.add(line);
    }
  }

  private void reportDropped() {
    if (dropped > 0) {
      log.accept("(" + dropped + " more lines)");
      dropped = 0;
    }
  }
}
