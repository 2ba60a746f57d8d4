package io.airbox.flasher.source;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** An image that is not compressed, or a card itself. */
final class ImageBlocks implements BlockReader {
  private final FileChannel image;

  /** Without room where reads go through the system's cache. */
  private final ByteBuffer window;

  private long windowAt;

  ImageBlocks(FileChannel image, ByteBuffer window) {
    this.image = image;
    this.window = window.limit(0);
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) throws IOException {
    if (window.capacity() > 0) {
      readFromMedium(position, target, offset, length);
      return;
    }
    ByteBuffer rest = ByteBuffer.wrap(target, offset, length);
    long at = position;
    while (rest.hasRemaining()) {
      int count = image.read(rest, at);
      if (count < 0) {
        throw ended();
      }
      at += count;
    }
  }

  private void readFromMedium(long position, byte[] target, int offset, int length)
      throws IOException {
    for (int done = 0; done < length; ) {
      long at = position + done;
      if (at < windowAt || at >= windowAt + window.limit()) {
        windowAt = at - at % FileReads.ALIGNMENT;
        window.clear().limit(window.capacity() - window.capacity() % FileReads.ALIGNMENT);
        try {
          image.read(window, windowAt);
          window.flip();
        } catch (IOException e) {
          window.limit(0);
          throw e;
        }
        if (at >= windowAt + window.limit()) {
          throw ended();
        }
      }
      int from = (int) (at - windowAt);
      int count = Math.min(length - done, window.limit() - from);
      window.get(from, target, offset + done, count);
      done += count;
    }
  }

  private EOFException ended() throws IOException {
    return new EOFException("the image ends at byte " + image.size());
  }

  @Override
  public void close() throws IOException {
    image.close();
  }
}
