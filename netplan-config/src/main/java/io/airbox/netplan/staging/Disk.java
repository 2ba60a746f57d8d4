package io.airbox.netplan.staging;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * What is written to a disk, in the few steps that a power cut can come between. Names that were
 * made, moved or deleted last only once their folder is synchronized.
 */
public interface Disk {
  /** Makes a folder that its owner alone may enter, and those above it; it may be there. */
  void createFolder(Path folder) throws IOException;

  /**
   * Writes a new file that its owner alone may read; its content lasts when this returns.
   *
   * @throws java.nio.file.FileAlreadyExistsException it is there
   */
  void create(Path file, byte[] content) throws IOException;

  /** Moves in one step; a file that is there is replaced. */
  void move(Path from, Path to) throws IOException;

  /** Deletes a file or an empty folder, if it is there. */
  void delete(Path path) throws IOException;

  /** Makes the names in a folder last. */
  void sync(Path folder) throws IOException;

  /** The machine's own. */
  static Disk real() {
    return new Disk() {
      @Override
      public void createFolder(Path folder) throws IOException {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }

      @Override
      public void create(Path file, byte[] content) throws IOException {
        try (FileChannel out =
            FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")))) {
          ByteBuffer rest = ByteBuffer.wrap(content);
          while (rest.hasRemaining()) {
            out.write(rest);
          }
          out.force(true);
        }
      }

      @Override
      public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      }

      @Override
      public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
      }

      @Override
      public void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    };
  }
}
