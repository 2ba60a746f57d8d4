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

  /** How large a message may be: its bytes after the length, and its fields. */
  enum Size {
    /** What anybody who may connect can send. */
    REQUEST(64 * 1024, 64),
    /** What root sends. */
    REPLY(2 * 1024 * 1024, 1024);

    private final int bytes;
    private final int fields;

    Size(int bytes, int fields) {
      this.bytes = bytes;
      this.fields = fields;
    }

    int bytes() {
      return bytes;
    }

    int fields() {
      return fields;
    }
  }

  /** Largest number of bytes of a field. */
  static final int LARGEST_FIELD = 0xffff;

  private Frame() {}

  /**
   * The frame with these fields, its length in front.
   *
   * @throws IllegalArgumentException they are too many or too long
   */
  static ByteBuffer encode(Size size, List<String> fields) {
    List<byte[]> texts = new ArrayList<>();
    int length = 0;
    int longest = 0;
    for (String field : fields) {
      byte[] text = field.getBytes(StandardCharsets.UTF_8);
      longest = Math.max(longest, text.length);
      length += Short.BYTES + text.length;
      texts.add(text);
    }
    if (fields.size() > size.fields || length > size.bytes || longest > LARGEST_FIELD) {
      throw new IllegalArgumentException(
          fields.size()
              + " fields of "
              + length
              + " bytes: at most "
              + size.fields
              + " of "
              + size.bytes
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
  static int length(Size size, ByteBuffer header) throws MalformedFrameException {
    int length = header.getInt();
    if (length < 0 || length > size.bytes) {
      throw new MalformedFrameException(
          "it announces "
              + Integer.toUnsignedString(length)
              + " bytes, at most "
              + size.bytes
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
  static List<String> decode(Size size, ByteBuffer body) throws MalformedFrameException {
    List<String> fields = new ArrayList<>();
    while (body.hasRemaining()) {
      if (fields.size() == size.fields) {
        throw new MalformedFrameException("it has more than " + size.fields + " fields");
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
