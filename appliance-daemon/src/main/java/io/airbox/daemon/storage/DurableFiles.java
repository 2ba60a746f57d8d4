package io.airbox.daemon.storage;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes files that survive a power cut: to a temporary name, flushed to the disk, renamed. They
 * are for the user that runs this program alone. An interrupted thread writes on and stays
 * interrupted, for half a file is of no use to whoever interrupts.
 */
public final class DurableFiles {
  /** How the names of unfinished files end. */
  public static final String UNFINISHED = ".tmp";

  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private DurableFiles() {}

  /** Makes a private folder and those above it. */
  public static void createFolder(Path folder) throws IOException {
    Files.createDirectories(folder, PRIVATE_FOLDER);
  }

  /** Makes an empty private file; its name lasts after {@link #flushFolder}. */
  public static void createFile(Path file) throws IOException {
    Files.createFile(file, PRIVATE_FILE);
  }

  /**
   * Writes a file that is whole or not there; {@link #flushFolder} makes its name last. After a
   * failure nothing new is left.
   */
  public static void write(Path file, byte[] content, Instant modified) throws IOException {
    put(file, content, modified);
  }

  /**
   * Puts a file in the place of the one before it, and has both its content and its name on the
   * disk when it returns. After a power cut at any point the file is the one before or this one.
   *
   * @throws IOException the file is the one before; or, when only the folder could not be flushed,
   *     this one, which a power cut may still take back
   */
  public static void replace(Path file, byte[] content) throws IOException {
    put(file, content, null);
    Path folder = file.getParent();
    if (folder != null) {
      flushFolder(folder);
    }
  }

  private static void put(Path file, byte[] content, @Nullable Instant modified)
      throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    try {
      // one that a crash has left is written over
      if (Files.notExists(unfinished)) {
        createFile(unfinished);
      }
      // not a FileChannel: an interrupt would close it in the middle
      try (FileOutputStream out = new FileOutputStream(unfinished.toFile())) {
        out.write(content);
        out.getFD().sync();
      }
      if (modified != null) {
        Files.setLastModifiedTime(unfinished, FileTime.from(modified));
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      deleteAfter(failure, unfinished);
      throw failure;
    }
  }

  /** Makes renames and deletions in a folder last. */
  public static void flushFolder(Path folder) throws IOException {
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
  public static void deleteAfter(Exception failure, Path... files) {
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException second) {
        failure.addSuppressed(second);
      }
    }
  }
}
