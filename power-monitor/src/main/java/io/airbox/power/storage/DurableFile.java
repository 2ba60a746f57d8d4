package io.airbox.power.storage;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Replaces a file so that after a power cut at any point it is the one before or the new one. Files
 * and folders are for the user that runs this program alone. An interrupted thread writes on and
 * stays interrupted.
 */
public final class DurableFile {
  private static final String UNFINISHED = ".tmp";
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private DurableFile() {}

  /** Makes a private folder and those above it. */
  public static void createFolder(Path folder) throws IOException {
    Files.createDirectories(folder, PRIVATE_FOLDER);
  }

  /**
   * Puts a file in the place of the one before it; it is on the disk when this returns.
   *
   * @throws IOException the file is the one before; or, when only the folder could not be flushed,
   *     this one, which a power cut may still take back
   */
  public static void replace(Path file, byte[] content) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    try {
      if (Files.notExists(unfinished)) {
        Files.createFile(unfinished, PRIVATE_FILE);
      }
      // not a FileChannel: an interrupt would close it in the middle
      try (FileOutputStream out = new FileOutputStream(unfinished.toFile())) {
        out.write(content);
        out.getFD().sync();
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      try {
        Files.deleteIfExists(unfinished);
      } catch (IOException second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
    Path folder = file.getParent();
    if (folder != null) {
      flushFolder(folder);
    }
  }

  /** Makes new names, renames and deletions in a folder last. */
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
}
