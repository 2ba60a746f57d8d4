package io.airbox.daemon.pictures;

import io.airbox.daemon.storage.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ownership of a DATA folder by one process, held until closed or the process ends, however it
 * ends. Thread-safe.
 */
public final class DataLock implements AutoCloseable {
  private static final Pattern HOLDER = Pattern.compile("pid=(\\d+)\\s+since=(\\S+)\\s*");
  private static final int LONGEST_HOLDER = 256;

  /**
   * Folders locked by this process. Asked before the file is opened: closing any descriptor of a
   * file gives up all of the process's POSIX locks on it.
   */
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path data;
  private final FileChannel channel;

  private DataLock(Path data, FileChannel channel) {
    this.data = data;
    this.channel = channel;
  }

  /**
   * Takes the lock on {@code DATA/lock}; makes the folder if it is not there.
   *
   * @throws DataLockedException another process, or another part of this one, has it
   * @throws PictureStoreException {@code STORAGE_FAULT} if the file cannot be made or locked
   */
  public static DataLock acquire(Path data, InstantSource clock) {
    Path file = data.resolve("lock");
    createFolder(data);
    try {
      Path real = data.toRealPath();
      if (!HELD_HERE.add(real)) {
        long own = ProcessHandle.current().pid();
        throw new DataLockedException(real, own, "is in use already by this process, pid " + own);
      }
      DataLock lock = null;
      try {
        lock = open(real, clock);
        return lock;
      } finally {
        if (lock == null) {
          HELD_HERE.remove(real);
        }
      }
    } catch (IOException failure) {
      throw new PictureStoreException(
          PictureStoreException.Reason.STORAGE_FAULT,
          file
              + " cannot be locked ("
              + StorageReason.of(failure)
              + "); name another folder with --data",
          failure);
    }
  }

  private static void createFolder(Path data) {
    try {
      DurableFiles.createFolder(data);
    } catch (IOException failure) {
      throw new PictureStoreException(
          PictureStoreException.Reason.STORAGE_FAULT,
          data
              + " cannot be made ("
              + StorageReason.of(failure)
              + "); name another folder with --data",
          failure);
    }
  }

  private static DataLock open(Path data, InstantSource clock) throws IOException {
    FileChannel channel =
        FileChannel.open(
            data.resolve("lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    boolean kept = false;
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw locked(data, read(channel));
      }
      String holder =
          "pid="
              + ProcessHandle.current().pid()
              + " since="
              + clock.instant().truncatedTo(ChronoUnit.SECONDS)
              + "\n";
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
      channel.force(true);
      kept = true;
      return new DataLock(data, channel);
    } finally {
      if (!kept) {
        channel.close();
      }
    }
  }

  private static DataLockedException locked(Path data, @Nullable Matcher holder) {
    if (holder == null) {
      return new DataLockedException(data, -1, "is in use by another process");
    }
    long pid = Long.parseLong(holder.group(1));
    return new DataLockedException(
        data,
        pid,
        "is in use by another airbox, pid "
            + pid
            + ", since "
            + holder.group(2)
            + "; stop it or name another folder with --data");
  }

  /** Who has the lock, as the file says; null when it does not say. */
  private static @Nullable Matcher read(FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(LONGEST_HOLDER);
    channel.read(content, 0);
    String text = new String(content.array(), 0, content.position(), StandardCharsets.UTF_8);
    Matcher matcher = HOLDER.matcher(text);
    return matcher.matches() ? matcher : null;
  }

  /** Gives the folder up. The file stays, for deleting it would race with the next holder. */
  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.close();
    } catch (IOException failure) {
      throw new PictureStoreException(
          PictureStoreException.Reason.STORAGE_FAULT,
          data.resolve("lock") + " cannot be closed: " + failure,
          failure);
    } finally {
      HELD_HERE.remove(data);
    }
  }
}
