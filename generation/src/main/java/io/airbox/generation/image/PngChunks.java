package io.airbox.generation.image;

import io.airbox.generation.GenerationException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Walks the chunks of a PNG file, checking order, bounds and checksums. */
final class PngChunks {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int OVERHEAD = 12; // length, type, checksum
  private static final int HEADER_LENGTH = 13;

  private final byte[] png;
  private final ByteBuffer buffer;
  private int start;
  private int length;
  private String type = "";

  /** Starts before the first chunk of something that {@link #isPng} accepted. */
  PngChunks(byte[] png) {
    this.png = png;
    buffer = ByteBuffer.wrap(png).position(SIGNATURE.length);
  }

  static byte[] signature() {
    return SIGNATURE.clone();
  }

  static boolean isPng(byte[] data) {
    return data.length >= SIGNATURE.length
        && Arrays.equals(data, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
  }

  /**
   * Goes to the next chunk.
   *
   * @return false after {@code IEND}
   * @throws GenerationException {@code INVALID_REQUEST} of {@code image} if it is damaged
   */
  boolean next() {
    if (type.equals("IEND")) {
      return false;
    }
    if (buffer.remaining() < OVERHEAD) {
      throw damaged("it ends before its IEND chunk");
    }
    boolean first = type.isEmpty();
    length = buffer.getInt();
    if (length < 0 || length > buffer.remaining() - 8) {
      throw damaged("a chunk at byte " + (buffer.position() - 4) + " is longer than the file");
    }
    int typeStart = buffer.position();
    type = new String(png, typeStart, 4, StandardCharsets.ISO_8859_1);
    start = typeStart + 4;
    CRC32 crc = new CRC32();
    crc.update(png, typeStart, 4 + length);
    buffer.position(start + length);
    if (buffer.getInt() != (int) crc.getValue()) {
      throw damaged("the checksum of its " + printable(type) + " chunk is wrong");
    }
    if (first && !(type.equals("IHDR") && length == HEADER_LENGTH)) {
      throw damaged("it does not begin with an IHDR chunk");
    }
    return true;
  }

  String type() {
    return type;
  }

  /** A copy of the chunk's content. */
  byte[] content() {
    return Arrays.copyOfRange(png, start, start + length);
  }

  static GenerationException damaged(String why) {
    return GenerationException.invalid("image", "the PNG is damaged: " + why);
  }

  private static String printable(String type) {
    return type.chars().allMatch(c -> c > ' ' && c < 127) ? type : "unknown";
  }
}
