package io.airbox.ota.store;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.release.ReleaseFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/**
 * As much as there is of a file of a release. What came stays when it is closed; it is digested as
 * it comes, and what an earlier one left is read once when it is opened. Never longer than was
 * signed. Not thread-safe.
 */
public final class Part implements Closeable {
  /** How much a power cut may lose. */
  private static final long SYNC_EVERY = 32L << 20;

  private static final int BUFFER = 1 << 20;

  private final Disk disk;
  private final Path path;
  private final ReleaseFile file;
  private final LongConsumer progress;
  private final MessageDigest digest = Sha256.digest();
  private Disk.Writing out;
  private long length;
  private long unsynced;
  private boolean resumed;

  /**
   * @param folder of parts; this one has the file's SHA-256 for a name
   * @param progress gets the part's length when that grows
   */
  Part(Disk disk, Path folder, ReleaseFile file, LongConsumer progress)
      throws IOException, InterruptedException {
    this.disk = disk;
    this.path = folder.resolve(file.sha256());
    this.file = file;
    this.progress = progress;
    boolean fresh = !Files.exists(path);
    if (!fresh) {
      readAgain();
    }
    resumed = length > 0;
    out = disk.write(path, length);
    if (fresh) {
      disk.sync(folder); // its bytes last only as long as its name does
    }
  }

  private void readAgain() throws IOException, InterruptedException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(path)) {
      while (length < file.size()) {
        int n = in.read(buffer, 0, (int) Math.min(buffer.length, file.size() - length));
        if (n < 0) {
          return;
        }
        if (Thread.interrupted()) {
          throw new InterruptedException("reading " + path + " was interrupted");
        }
        digest.update(buffer, 0, n);
        length += n;
        progress.accept(length);
      }
    }
  }

  /** How many bytes of the file are here. */
  public long length() {
    return length;
  }

  /** How many bytes are still to come. */
  public long missing() {
    return file.size() - length;
  }

  /**
   * Takes the next bytes.
   *
   * @throws UpdateException {@code WRONG_CONTENT} when they are more than were signed; none of them
   *     is taken
   * @throws IOException they could not be written; what was written before is here
   */
  public void append(byte[] source, int offset, int count) throws IOException {
    if (count > missing()) {
      throw new UpdateException(
          Reason.WRONG_CONTENT,
          file.path() + " is longer than the " + file.size() + " bytes that were signed");
    }
    out.write(source, offset, count);
    digest.update(source, offset, count);
    length += count;
    unsynced += count;
    if (unsynced >= SYNC_EVERY) {
      out.sync();
      unsynced = 0;
    }
    progress.accept(length);
  }

  /** Throws away what is here, because it cannot be the beginning of what was signed. */
  public void startOver() throws IOException {
    out.close();
    digest.reset();
    length = 0;
    unsynced = 0;
    resumed = false;
    out = disk.write(path, 0);
    progress.accept(0);
  }

  /** Whether some of it was here before this one was opened. */
  boolean isResumed() {
    return resumed;
  }

  /** SHA-256 of a full part, hex. Asked for once. */
  String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Makes all of it last. */
  void sync() throws IOException {
    out.sync();
    unsynced = 0;
  }

  /** What came lasts from then on. */
  @Override
  public void close() throws IOException {
    try (Disk.Writing writing = out) {
      if (unsynced > 0) {
        writing.sync();
        unsynced = 0;
      }
    }
  }
}
