package io.airbox.flasher.card;

import io.airbox.flasher.FlashException;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What files are written to. Until {@link #complete} has returned, no box starts from it; closed
 * before, it stays so.
 */
interface CardMedium extends AutoCloseable {
  /**
   * Takes a file.
   *
   * @param bytes how many will come
   */
  OutputStream file(String name, long bytes) throws IOException;

  /** Makes a card of it that a box starts from; everything is on the medium then. */
  void complete() throws IOException;

  /** Number of bytes that were there already and were left as they are. */
  long kept();

  @Override
  void close() throws IOException;

  /** The package is not what it was when it was first read. */
  static FlashException changed(String name) {
    return new FlashException(
        FlashException.Reason.UNREADABLE,
        "the package changed while it was copied: " + name + "; begin again");
  }
}
