package io.airbox.daemon.pictures;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/**
 * Writes files that survive a power cut: to a temporary name, flushed to the disk, renamed. An
 * interrupted thread writes on and stays interrupted, for half a picture is of no use to whoever
 * interrupts.
 */
final class DurableFiles {
  /** How the names of unfinished files end. */
  static final String UNFINISHED = ".tmp";

  private DurableFiles() {}

  /** Makes a private folder and those above it. */
  static void createFolder(Path folder) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /**
   * Writes a file that is whole or not there; {@link #flushFolder} makes its name last. After a
   * failure nothing new is left.
   */
  static void write(Path file, byte[] content, Instant modified) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    try {
      // not a FileChannel: an interrupt would close it in the middle
      try (FileOutputStream out = new FileOutputStream(unfinished.toFile())) {
        out.write(content);
        out.getFD().sync();
      }
      Files.setLastModifiedTime(unfinished, FileTime.from(modified));
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      deleteAfter(failure, unfinished);
      throw failure;
    }
  }

  /** Makes renames and deletions in a folder last. */
  static void flushFolder(Path folder) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException again) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Deletes what a failure left; a failure of that is added to the first one. */
  static void deleteAfter(Exception failure, Path... files) {
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException second) {
        failure.addSuppressed(second);
      }
    }
  }
}
