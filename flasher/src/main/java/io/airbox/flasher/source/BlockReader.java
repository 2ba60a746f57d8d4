package io.airbox.flasher.source;

import java.io.IOException;

/** A card's bytes by their place, from a device, an image or a compressed image. */
interface BlockReader extends AutoCloseable {
  /**
   * Reads {@code length} bytes.
   *
   * @throws java.io.EOFException when the card ends before
   */
  void read(long position, byte[] target, int offset, int length) throws IOException;

  @Override
  void close() throws IOException;
}
