package io.airbox.flasher.watch;

import java.nio.charset.StandardCharsets;

/**
 * Makes lines of a console's bytes: ANSI sequences and NUL go, backspaces are obeyed, a carriage
 * return ends a line as a line feed does (the box redraws some lines, and a lost line feed must not
 * make one line overwrite another). Bytes that are no text stay as ISO 8859-1. Long lines are ended
 * early.
 */
final class ConsoleLines {
  /** Is given the lines. */
  @FunctionalInterface
  interface Sink {
    /** A line that has ended; {@code bytes} may be read up to {@code length}, during the call. */
    void line(byte[] bytes, int length);
  }

  static final int LONGEST = 1024;
  private static final int LONGEST_SEQUENCE = 32;

  /** So few bytes can be the junk of a power-on. */
  private static final long ENOUGH = 256;

  private static final int ESCAPE = 0x1B;

  private enum Mode {
    TEXT,
    ESCAPE,
    SEQUENCE
  }

  private final byte[] line = new byte[LONGEST];
  private int length;
  private int cursor;
  private Mode mode = Mode.TEXT;
  private int sequence;
  private long heard;
  private long junk;

  void accept(byte[] bytes, int offset, int count, Sink sink) {
    for (int i = offset; i < offset + count; i++) {
      int each = bytes[i] & 0xFF;
      heard++;
      if (each == '\n' || each == '\r') {
        mode = Mode.TEXT;
        end(sink);
      } else if (mode != Mode.TEXT) {
        escape(each);
      } else if (each >= ' ' && each != 0x7F) {
        if (cursor == LONGEST) {
          end(sink);
        }
        line[cursor++] = (byte) each;
        length = Math.max(length, cursor);
      } else if (each == ESCAPE) {
        mode = Mode.ESCAPE;
      } else if (each == '\b') {
        cursor = Math.max(0, cursor - 1);
      } else if (each == '\t' && cursor < LONGEST) {
        line[cursor++] = ' ';
        length = Math.max(length, cursor);
      } else {
        junk++;
      }
      if (each > 0x7F) {
        junk++;
      }
    }
  }

  /** A line was understood: what came before it is no noise. */
  void understood() {
    heard = 0;
    junk = 0;
  }

  /** Whether much of what came since then is no text, as at a wrong baud rate. */
  boolean noisy() {
    return heard >= ENOUGH && junk * 3 > heard;
  }

  private void escape(int each) {
    if (mode == Mode.ESCAPE) {
      mode = each == '[' ? Mode.SEQUENCE : Mode.TEXT;
      sequence = 0;
    } else if ((each >= 0x40 && each <= 0x7E) || ++sequence > LONGEST_SEQUENCE) {
      mode = Mode.TEXT;
    }
  }

  private void end(Sink sink) {
    if (length > 0) {
      sink.line(line, length);
    }
    length = 0;
    cursor = 0;
  }

  /** Ends the line that is not finished, if there is one. */
  void finish(Sink sink) {
    mode = Mode.TEXT;
    end(sink);
  }

  /** The line that is not finished; empty when there is none. */
  String tail() {
    return new String(line, 0, length, StandardCharsets.ISO_8859_1);
  }
}
