package io.airbox.flasher.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A U-Boot script file ({@code .scr}): a legacy image header of 64 bytes, big-endian, then the
 * length of the text, a zero, and the text. Layout and checks as U-Boot's {@code source} has them.
 *
 * @param name the name in its header
 * @param text the commands; empty when there is a defect
 * @param defect what U-Boot would refuse it for; null when it is whole
 */
record ScriptImage(String name, String text, @Nullable String defect) {
  private static final int HEADER = 64;
  private static final int MAGIC = 0x27051956;
  private static final int HEADER_CRC_AT = 4;
  private static final int SIZE_AT = 12;
  private static final int DATA_CRC_AT = 24;
  private static final int TYPE_AT = 30;
  private static final int COMPRESSION_AT = 31;
  private static final int NAME_AT = 32;
  private static final int TYPE_SCRIPT = 6;

  /** Length of the only text, and the zero that ends the list of lengths. */
  private static final int LENGTHS = 8;

  static ScriptImage parse(byte[] file) {
    if (file.length < HEADER + LENGTHS) {
      return broken("", "it has " + file.length + " bytes, fewer than a script's header");
    }
    ByteBuffer header = ByteBuffer.wrap(file);
    if (header.getInt(0) != MAGIC) {
      return broken(
          "",
          String.format(
              Locale.ROOT, "its magic number is 0x%08x, not 0x%08x", header.getInt(0), MAGIC));
    }
    String name =
        new String(file, NAME_AT, HEADER - NAME_AT, StandardCharsets.ISO_8859_1).split("\0", 2)[0];
    byte[] blank = Arrays.copyOf(file, HEADER);
    ByteBuffer.wrap(blank).putInt(HEADER_CRC_AT, 0);
    if (crc(blank, 0, HEADER) != header.getInt(HEADER_CRC_AT)) {
      return broken(name, "the CRC of its header is wrong");
    }
    if (file[TYPE_AT] != TYPE_SCRIPT || file[COMPRESSION_AT] != 0) {
      return broken(
          name,
          "its type is "
              + file[TYPE_AT]
              + ", compression "
              + file[COMPRESSION_AT]
              + "; a plain script has 6 and 0");
    }
    long size = Integer.toUnsignedLong(header.getInt(SIZE_AT));
    if (size > file.length - HEADER || size < LENGTHS) {
      return broken(
          name,
          "its header says " + size + " bytes of data, the file has " + (file.length - HEADER));
    }
    if (crc(file, HEADER, (int) size) != header.getInt(DATA_CRC_AT)) {
      return broken(name, "the CRC of its data is wrong");
    }
    long length = Integer.toUnsignedLong(header.getInt(HEADER));
    if (length == 0 || length > size - LENGTHS || header.getInt(HEADER + Integer.BYTES) != 0) {
      return broken(name, "its text has " + length + " of " + (size - LENGTHS) + " bytes");
    }
    String text = new String(file, HEADER + LENGTHS, (int) length, StandardCharsets.ISO_8859_1);
    return new ScriptImage(name, text, null);
  }

  private static ScriptImage broken(String name, String defect) {
    return new ScriptImage(name, "", defect);
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
