package io.airbox.generation.worker;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** Frames on a channel: four bytes of length, most significant first, then as many bytes. */
final class Frames {
  /** The longest frame: a picture of some 11 megapixels. */
  static final int LONGEST = 32 << 20;

  private static final int PREFIX = 4;

  private Frames() {}

  /**
   * Writes a frame.
   *
   * @throws WorkerProtocolException it is longer than {@link #LONGEST}; nothing was written
   */
  static void write(WritableByteChannel channel, byte[] frame) throws IOException {
    if (frame.length > LONGEST) {
      throw new WorkerProtocolException(
          "a frame of " + frame.length + " bytes is longer than " + LONGEST);
    }
    ByteBuffer buffer = ByteBuffer.allocate(PREFIX + frame.length);
    buffer.putInt(frame.length).put(frame).flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /**
   * Reads a frame; null at the end of the channel.
   *
   * @throws WorkerProtocolException the length is not 1…{@link #LONGEST}
   * @throws EOFException the channel ended within a frame
   */
  static byte @Nullable [] read(ReadableByteChannel channel) throws IOException {
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX);
    if (!fill(channel, prefix)) {
      return null;
    }
    int length = prefix.flip().getInt();
    if (length < 1 || length > LONGEST) {
      throw new WorkerProtocolException(
          "a frame says it has " + length + " bytes, which is not 1…" + LONGEST);
    }
    ByteBuffer frame = ByteBuffer.allocate(length);
    if (!fill(channel, frame)) {
      throw new EOFException("the connection ended before a frame of " + length + " bytes");
    }
    return frame.array();
  }

  /** Fills the buffer; false when the channel ends before its first byte. */
  private static boolean fill(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        if (buffer.position() == 0) {
          return false;
        }
        throw new EOFException(
            "the connection ended after " + buffer.position() + " of " + buffer.limit() + " bytes");
      }
    }
    return true;
  }
}
