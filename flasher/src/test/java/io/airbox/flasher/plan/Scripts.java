package io.airbox.flasher.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Writes {@code .scr} files as {@code mkimage -A arm64 -O linux -T script -C none} does. */
public final class Scripts {
  private Scripts() {}

  public static byte[] image(String name, String text) {
    byte[] body = text.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer file = ByteBuffer.allocate(72 + body.length);
    file.position(64);
    file.putInt(body.length).putInt(0).put(body);
    file.putInt(0, 0x27051956).putInt(8, 1718000000).putInt(12, body.length + 8);
    file.putInt(24, crc(file.array(), 64, body.length + 8));
    file.put(28, (byte) 5).put(29, (byte) 22).put(30, (byte) 6);
    file.put(32, name.getBytes(StandardCharsets.US_ASCII));
    return file.putInt(4, crc(file.array(), 0, 64)).array();
  }

  /** The text of a script file. */
  public static String text(byte[] image) {
    return ScriptImage.parse(image).text();
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
