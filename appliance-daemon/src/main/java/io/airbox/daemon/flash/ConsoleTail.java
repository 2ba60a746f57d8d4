package io.airbox.daemon.flash;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/**
 * The last bytes of a console, and how many there were in all. A byte is a character: what a box
 * says is ASCII, and noise stays noise. Not thread-safe.
 */
final class ConsoleTail {
  private static final int MOST = 64 * 1024;

  private final byte[] ring = new byte[MOST];
  private long count;

  /**
   * Takes bytes.
   *
   * @return these bytes as the API tells them
   */
  JsonObject append(byte[] bytes, int length) {
    long before = count;
    for (int i = 0; i < length; i++) {
      ring[(int) (count++ % MOST)] = bytes[i];
    }
    return piece(before, new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
  }

  /** All that is kept. */
  JsonObject all() {
    int kept = (int) Math.min(count, MOST);
    byte[] bytes = new byte[kept];
    for (int i = 0; i < kept; i++) {
      bytes[i] = ring[(int) ((count - kept + i) % MOST)];
    }
    return piece(count - kept, new String(bytes, StandardCharsets.ISO_8859_1));
  }

  private static JsonObject piece(long offset, String text) {
    return new JsonObject().put("offset", offset).put("text", text);
  }
}
