package io.airbox.flasher.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads files on a thread of its own, which also sums them up and hands them on, while the thread
 * that asks unpacks what has come: of one reading, two cores have work. One file at a time.
 */
final class ReadAhead implements AutoCloseable {
  /** Less is not worth another thread. */
  private static final int SMALL = 1 << 17;

  private static final int BLOCK = 1 << 18;
  private static final int BLOCKS = 8;

  private final BlockingQueue<Block> free = new ArrayBlockingQueue<>(BLOCKS);
  private final BlockingQueue<Block> full = new ArrayBlockingQueue<>(BLOCKS);
  private @Nullable ExecutorService reader;

  /** Bytes that were read; none at a file's end. */
  private static final class Block {
    private final byte[] bytes = new byte[BLOCK];
    private int length;
  }

  /**
   * The bytes of a file.
   *
   * @param in is closed with the stream
   * @param bytes its length as far as known; -1 if not
   * @param md5 is given every byte that was read
   * @param copy is given every byte that was read; is not closed
   */
  InputStream of(InputStream in, long bytes, MessageDigest md5, OutputStream copy) {
    if (bytes >= 0 && bytes < SMALL) {
      return new Alone(in, md5, copy);
    }
    if (reader == null) {
      for (int i = 0; i < BLOCKS; i++) {
        free.add(new Block());
      }
      reader =
          Executors.newSingleThreadExecutor(
              task -> {
                Thread thread = new Thread(task, "package-reader");
                thread.setDaemon(true);
                return thread;
              });
    }
    AtomicBoolean enough = new AtomicBoolean();
    return new Ahead(in, enough, reader.submit(() -> pump(in, enough, md5, copy)));
  }

  private @Nullable Void pump(
      InputStream in, AtomicBoolean enough, MessageDigest md5, OutputStream copy)
      throws IOException, InterruptedException {
    Block block;
    do {
      block = free.take();
      block.length = 0;
      try {
        block.length = enough.get() ? 0 : in.readNBytes(block.bytes, 0, BLOCK);
        md5.update(block.bytes, 0, block.length);
        copy.write(block.bytes, 0, block.length);
      } catch (IOException | RuntimeException e) {
        block.length = 0;
        throw e;
      } finally {
        full.put(block);
      }
    } while (block.length > 0);
    return null;
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.shutdownNow();
    }
  }

  private static InterruptedIOException interrupted(Throwable cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException error = new InterruptedIOException("reading was interrupted");
    error.initCause(cause);
    return error;
  }

  /** What the other thread has read. */
  private final class Ahead extends InputStream {
    private final InputStream in;
    private final AtomicBoolean enough;
    private final Future<@Nullable Void> pump;
    private final byte[] one = new byte[1];
    private @Nullable Block block;
    private int at;
    private boolean ended;

    Ahead(InputStream in, AtomicBoolean enough, Future<@Nullable Void> pump) {
      this.in = in;
      this.enough = enough;
      this.pump = pump;
    }

    @Override
    public int read() throws IOException {
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Block current = block;
      if (current == null || at == current.length) {
        current = next();
        if (current == null) {
          return -1;
        }
      }
      int count = Math.min(length, current.length - at);
      System.arraycopy(current.bytes, at, target, offset, count);
      at += count;
      return count;
    }

    private @Nullable Block next() throws IOException {
      if (ended) {
        return null;
      }
      try {
        giveBack();
        Block taken = full.take();
        block = taken;
        at = 0;
        if (taken.length > 0) {
          return taken;
        }
        ended = true;
        giveBack();
        pump.get();
        return null;
      } catch (InterruptedException e) {
        throw interrupted(e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException failed) {
          throw failed;
        }
        if (e.getCause() instanceof RuntimeException failed) {
          throw failed;
        }
        throw new IllegalStateException("reading ended", e);
      }
    }

    private void giveBack() {
      if (block != null) {
        free.add(block);
        block = null;
      }
    }

    /** Returns when the other thread has let go of the file. */
    @Override
    public void close() throws IOException {
      enough.set(true);
      boolean interrupted = Thread.interrupted();
      try (in) {
        while (!ended) {
          try {
            giveBack();
            Block taken = full.take();
            ended = taken.length == 0;
            block = taken;
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        giveBack();
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** A small file, read by whoever asks. */
  private static final class Alone extends InputStream {
    private final InputStream in;
    private final MessageDigest md5;
    private final OutputStream copy;
    private final byte[] one = new byte[1];

    Alone(InputStream in, MessageDigest md5, OutputStream copy) {
      this.in = in;
      this.md5 = md5;
      this.copy = copy;
    }

    @Override
    public int read() throws IOException {
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = in.read(target, offset, length);
      if (count > 0) {
        md5.update(target, offset, count);
        copy.write(target, offset, count);
      }
      return count;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
