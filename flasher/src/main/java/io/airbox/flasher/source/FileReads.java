package io.airbox.flasher.source;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How the bytes of files are read: through the system's cache, or past it from the medium itself,
 * which takes {@code O_DIRECT} on Linux, {@code F_NOCACHE} on macOS, {@code FILE_FLAG_NO_BUFFERING}
 * on Windows. Where a file system has nothing of that kind, the cache is used and {@link
 * #pastCache} says so. For one thread at a time.
 */
public final class FileReads {
  /** Divides into the units that any file system or disk wants such reads to be aligned to. */
  static final int ALIGNMENT = 1 << 16;

  private static final int WINDOW = 1 << 20;

  private final boolean wanted;
  private boolean fellBack;
  private boolean probed;

  private FileReads(boolean wanted) {
    this.wanted = wanted;
  }

  /** As every program reads. */
  public static FileReads cached() {
    return new FileReads(false);
  }

  /** From the medium. */
  public static FileReads fromMedium() {
    return new FileReads(true);
  }

  /** Whether every file so far was read from the medium. */
  public boolean pastCache() {
    return wanted && !fellBack;
  }

  /** Reads a file from its beginning. */
  InputStream stream(Path path) throws IOException {
    if (!wanted) {
      return Files.newInputStream(path);
    }
    FileChannel channel = channel(path);
    return pastCache() ? new MediumStream(channel) : Channels.newInputStream(channel);
  }

  /** Reads a file by places. */
  BlockReader blocks(Path path) throws IOException {
    FileChannel channel = channel(path);
    return new ImageBlocks(channel, pastCache() ? window() : ByteBuffer.allocateDirect(0));
  }

  private FileChannel channel(Path path) throws IOException {
    if (pastCache()) {
      FileChannel direct = direct(path);
      if (probed || (!fellBack && readable(direct))) {
        probed = true;
        return direct;
      }
      direct.close();
      // a medium that cannot be read at all says so in either way
      fellBack = true;
    }
    return FileChannel.open(path, StandardOpenOption.READ);
  }

  @NonPortable("only this option of the JDK reads past the system's cache")
  private FileChannel direct(Path path) throws IOException {
    try {
      return FileChannel.open(path, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
    } catch (IOException | UnsupportedOperationException e) {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      fellBack = true;
      return channel;
    }
  }

  /** Some file systems take the option and refuse the reading. */
  private static boolean readable(FileChannel channel) {
    try {
      channel.read(window().limit(ALIGNMENT), 0);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A buffer that may be read into past the cache. */
  static ByteBuffer window() {
    return ByteBuffer.allocateDirect(WINDOW + ALIGNMENT).alignedSlice(ALIGNMENT).limit(WINDOW);
  }

  /** A whole file, a window at a time. */
  private static final class MediumStream extends InputStream {
    private final FileChannel channel;
    private final ByteBuffer window = window().limit(0);
    private final byte[] one = new byte[1];
    private final long size;
    private long at;

    MediumStream(FileChannel channel) throws IOException {
      this.channel = channel;
      size = channel.size();
    }

    @Override
    public int read() throws IOException {
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (!window.hasRemaining()) {
        if (at >= size) {
          return -1;
        }
        window.clear().limit(WINDOW);
        long count = channel.read(window, at);
        window.flip();
        at += count;
        if (count <= 0 || (at < size && at % ALIGNMENT != 0)) {
          throw new EOFException("it ends at byte " + at + " of " + size);
        }
      }
      int count = Math.min(length, window.remaining());
      window.get(target, offset, count);
      return count;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
