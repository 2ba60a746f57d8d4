package io.airbox.helper;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The fields of a message as bytes, and back; the package describes the format. */
final class Frame {
  /** Bytes of a frame's length. */
  static final int HEADER = 4;

  /** Largest number of bytes after the length. */
  static final int LARGEST = 64 * 1024;

  static final int MOST_FIELDS = 64;

  private Frame() {}

  /**
   * The frame with these fields, its length in front.
   *
   * @throws IllegalArgumentException they are too many or too long
   */
  static ByteBuffer encode(List<String> fields) {
    List<byte[]> texts = new ArrayList<>();
    int length = 0;
    for (String field : fields) {
      byte[] text = field.getBytes(StandardCharsets.UTF_8);
      length += Short.BYTES + text.length;
      texts.add(text);
    }
    if (fields.size() > MOST_FIELDS || length > LARGEST) {
      throw new IllegalArgumentException(
          fields.size()
              + " fields of "
              + length
              + " bytes: at most "
              + MOST_FIELDS
              + " of "
              + LARGEST
              + " fit into a message");
    }
    ByteBuffer frame = ByteBuffer.allocate(HEADER + length).putInt(length);
    for (byte[] text : texts) {
      frame.putShort((short) text.length).put(text);
    }
    return frame.flip();
  }

  /**
   * The length that a header announces.
   *
   * @throws MalformedFrameException it is out of range; nothing has to be allocated to know
   */
  static int length(ByteBuffer header) throws MalformedFrameException {
    int length = header.getInt();
    if (length < 0 || length > LARGEST) {
      throw new MalformedFrameException(
          "it announces "
              + Integer.toUnsignedString(length)
              + " bytes, at most "
              + LARGEST
              + " are read");
    }
    return length;
  }

  /**
   * The fields of a frame.
   *
   * @param body everything after the length
   * @throws MalformedFrameException the bytes are not exactly a list of fields
   */
  static List<String> decode(ByteBuffer body) throws MalformedFrameException {
    List<String> fields = new ArrayList<>();
    while (body.hasRemaining()) {
      if (fields.size() == MOST_FIELDS) {
        throw new MalformedFrameException("it has more than " + MOST_FIELDS + " fields");
      }
      String which = "field " + (fields.size() + 1);
      if (body.remaining() < Short.BYTES) {
        throw new MalformedFrameException(which + " has half a length");
      }
      int length = Short.toUnsignedInt(body.getShort());
      if (length > body.remaining()) {
        throw new MalformedFrameException(
            which + " announces " + length + " bytes, " + body.remaining() + " are left");
      }
      ByteBuffer text = body.slice(body.position(), length);
      body.position(body.position() + length);
      try {
        fields.add(StandardCharsets.UTF_8.newDecoder().decode(text).toString());
      } catch (CharacterCodingException e) {
        throw new MalformedFrameException(which + " is not UTF-8");
      }
    }
    return fields;
  }
}
