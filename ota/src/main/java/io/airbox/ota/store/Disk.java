package io.airbox.ota.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * All that is written to the models' file system, in the steps that a power cut can come between.
 * What a file holds lasts once it is synchronized, and a name that was made, moved or deleted once
 * its folder is. An interrupted thread writes on and stays interrupted.
 */
public interface Disk {
  /** Makes a folder that everybody may read, unless it is there; its parent is. */
  void createFolder(Path folder) throws IOException;

  /**
   * Opens a file to write at its end, after so many bytes of it; more are cut off, and a missing
   * one is made.
   */
  Writing write(Path file, long from) throws IOException;

  /** Lets everybody read a file and nobody write it. */
  void makeReadOnly(Path file) throws IOException;

  /**
   * Gives a file another name.
   *
   * @throws UnsupportedOperationException the file system has no such thing
   */
  void link(Path file, Path name) throws IOException;

  /** Makes a symbolic link. */
  void symbolicLink(Path name, Path target) throws IOException;

  /** Moves in one step; a file or link that is there is replaced. */
  void move(Path from, Path to) throws IOException;

  /** Deletes a file, a link or an empty folder, if it is there. */
  void delete(Path path) throws IOException;

  /** Makes the names in a folder last. */
  void sync(Path folder) throws IOException;

  /** Bytes that may still be written to the folder's file system. */
  long room(Path folder) throws IOException;

  /**
   * Puts a document in the place of the one before it; it is on the disk when this returns.
   *
   * @throws IllegalArgumentException the file is in no folder
   */
  default void replace(Path file, byte[] content) throws IOException {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IllegalArgumentException(file + " has no folder");
    }
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    try (Writing out = write(unfinished, 0)) {
      out.write(content, 0, content.length);
      out.sync();
    }
    move(unfinished, file);
    sync(folder);
  }

  /** A file being written. */
  interface Writing extends Closeable {
    /** Appends. */
    void write(byte[] source, int offset, int length) throws IOException;

    /** Makes what was appended last. */
    void sync() throws IOException;
  }

  /** The machine's own. */
  static Disk real() {
    return new Disk() {
      @Override
      public void createFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectory(folder);
          permit(folder, "rwxr-xr-x"); // the engine has a user of its own
        }
      }

      @Override
      public Writing write(Path file, long from) throws IOException {
        if (Files.exists(file)) {
          permit(file, "rw-r--r--"); // it may have been made read-only before the power went
        }
        return new Appended(file, from);
      }

      @Override
      public void makeReadOnly(Path file) throws IOException {
        permit(file, "r--r--r--");
      }

      @Override
      public void link(Path file, Path name) throws IOException {
        try {
          Files.createLink(name, file);
        } catch (FileAlreadyExistsException | NoSuchFileException other) {
          throw other;
        } catch (FileSystemException e) {
          if (String.valueOf(e.getReason()).startsWith("Operation not ")) { // permitted, supported
            throw new UnsupportedOperationException(e);
          }
          throw e;
        }
      }

      @Override
      public void symbolicLink(Path name, Path target) throws IOException {
        Files.createSymbolicLink(name, target);
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
        flush(folder);
      }

      @Override
      public long room(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
      }
    };
  }

  private static void permit(Path path, String permissions) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view != null) {
      view.setPermissions(PosixFilePermissions.fromString(permissions));
    }
  }

  private static void flush(Path folder) throws IOException {
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

  /** Not a channel, which an interrupt would close in the middle. */
  final class Appended implements Writing {
    private final RandomAccessFile file;

    private Appended(Path path, long from) throws IOException {
      file = new RandomAccessFile(path.toFile(), "rw");
      try {
        file.setLength(from);
        file.seek(from);
      } catch (IOException e) {
        file.close();
        throw e;
      }
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      file.write(source, offset, length);
    }

    @Override
    public void sync() throws IOException {
      file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
