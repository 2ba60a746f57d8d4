package io.airbox.flasher.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * A compressed image, read forwards. A step backwards begins anew; files that were copied one after
 * the other to an empty card lie so that this hardly happens.
 */
final class CompressedBlocks implements BlockReader {
  /** More would read gigabytes over and over. */
  private static final int MOST_RESTARTS = 100;

  private final Path path;
  private final Compression compression;
  private InputStream in;
  private long at;
  private int restarts;

  CompressedBlocks(Path path, Compression compression) throws IOException {
    this.path = path;
    this.compression = compression;
    in = compression.open(path);
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) throws IOException {
    if (position < at) {
      if (++restarts > MOST_RESTARTS) {
        throw new IOException(
            "the card's files lie too scattered to be read compressed; unpack the image first");
      }
      in.close();
      in = compression.open(path);
      at = 0;
    }
    try {
      in.skipNBytes(position - at);
      at = position;
      if (in.readNBytes(target, offset, length) < length) {
        throw new EOFException();
      }
      at += length;
    } catch (EOFException e) {
      at = Long.MAX_VALUE;
      throw new EOFException("the image ends before byte " + (position + length));
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
