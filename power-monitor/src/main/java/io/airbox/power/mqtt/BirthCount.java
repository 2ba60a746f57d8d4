package io.airbox.power.mqtt;

import io.airbox.power.storage.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Sparkplug's {@code bdSeq}: 0 at first, one more for each connect, after 255 again 0. */
final class BirthCount {
  private static final int ROUND = 256;

  private final Path file;

  BirthCount(Path file) {
    this.file = file;
  }

  /** The next one; on the disk when this returns. */
  long next() throws IOException {
    long next = 0;
    try {
      next =
          (Long.parseLong(Files.readString(file, StandardCharsets.US_ASCII).strip()) + 1) % ROUND;
    } catch (NoSuchFileException | NumberFormatException e) {
      next = 0; // the first, or a file that somebody wrote to
    }
    DurableFile.replace(file, Long.toString(next).getBytes(StandardCharsets.US_ASCII));
    return next;
  }
}
