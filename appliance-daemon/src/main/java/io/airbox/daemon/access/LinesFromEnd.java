package io.airbox.daemon.access;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a file, last one first. */
final class LinesFromEnd implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  private final RandomAccessFile file;

  /** Where in the file the window begins. */
  private long start;

  private byte[] window = {};

  /** Where in the window the lines end that were not given yet; -1 when all were. */
  private int end;

  /**
   * Opens a file.
   *
   * @throws IOException it cannot be read
   */
  LinesFromEnd(Path path) throws IOException {
    file = new RandomAccessFile(path.toFile(), "r");
    start = file.length();
  }

  /**
   * The line before, without its end; null when there is none. What follows the last line's end is
   * a line too, most often an empty one.
   *
   * @throws IOException the file cannot be read
   */
  byte @Nullable [] previous() throws IOException {
    if (end < 0) {
      return null;
    }
    int from = end;
    while (true) {
      for (int i = from - 1; i >= 0; i--) {
        if (window[i] == '\n') {
          byte[] line = Arrays.copyOfRange(window, i + 1, end);
          end = i;
          return line;
        }
      }
      if (start == 0) {
        byte[] line = Arrays.copyOfRange(window, 0, end);
        end = -1;
        return line;
      }
      from = grow();
    }
  }

  /** Takes in what is before the window; says where the part ends that was not searched. */
  private int grow() throws IOException {
    int more = (int) Math.min(CHUNK, start);
    byte[] larger = new byte[more + end];
    file.seek(start - more);
    file.readFully(larger, 0, more);
    System.arraycopy(window, 0, larger, more, end);
    window = larger;
    start -= more;
    end += more;
    return more;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
