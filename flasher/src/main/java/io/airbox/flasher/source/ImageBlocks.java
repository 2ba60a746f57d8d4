package io.airbox.flasher.source;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An image that is not compressed. */
final class ImageBlocks implements BlockReader {
  private final FileChannel image;

  ImageBlocks(Path path) throws IOException {
    image = FileChannel.open(path, StandardOpenOption.READ);
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(target, offset, length);
    long at = position;
    while (rest.hasRemaining()) {
      int count = image.read(rest, at);
      if (count < 0) {
        throw new EOFException("the image ends at byte " + image.size());
      }
      at += count;
    }
  }

  @Override
  public void close() throws IOException {
    image.close();
  }
}
