package io.airbox.daemon.access;

import io.airbox.daemon.access.AccessException.Reason;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;

/**
 * A passphrase as it is hashed: Unicode's compatibility form NFKC in UTF-8, so that it is the same
 * from every keyboard, phone and terminal. Closing overwrites it. (Where it is not plain ASCII the
 * normaliser leaves a copy that only the garbage collector removes.)
 */
final class Passphrase implements AutoCloseable {
  /** Least number of characters. */
  static final int SHORTEST = 10;

  /** Greatest number of characters. */
  static final int LONGEST = 256;

  private final byte[] bytes;

  private Passphrase(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Takes a passphrase that is to be compared.
   *
   * @throws AccessException {@code WRONG_PASSPHRASE}: it cannot be anybody's
   */
  static Passphrase typed(char[] typed) {
    try {
      return read(typed, "passphrase");
    } catch (AccessException impossible) {
      throw new AccessException(Reason.WRONG_PASSPHRASE, "the passphrase is wrong");
    }
  }

  /**
   * Takes a passphrase that is to be set.
   *
   * @param field what the request calls it
   * @throws AccessException {@code INVALID}: too short, too long, or too easily guessed
   */
  static Passphrase chosen(char[] typed, String field) {
    Passphrase passphrase = read(typed, field);
    if (passphrase.monotonous()) {
      passphrase.close();
      throw AccessException.invalid(
          field, field + " is a repetition or a sequence; take a few words instead");
    }
    return passphrase;
  }

  private static Passphrase read(char[] typed, String field) {
    char[] normal = normal(typed, field);
    try {
      int length = Character.codePointCount(normal, 0, normal.length);
      if (length < SHORTEST || length > LONGEST) {
        throw AccessException.invalid(
            field, field + " must have " + SHORTEST + "…" + LONGEST + " characters, has " + length);
      }
      for (char character : normal) {
        if (Character.isISOControl(character)) {
          throw AccessException.invalid(field, field + " has a control character in it");
        }
      }
      return new Passphrase(encode(normal));
    } catch (CharacterCodingException half) {
      throw AccessException.invalid(field, field + " has half of a character in it");
    } finally {
      Arrays.fill(normal, '\0');
    }
  }

  private static byte[] encode(char[] text) throws CharacterCodingException {
    // three bytes for a char are enough: a pair of them makes four
    byte[] room = new byte[3 * text.length];
    try {
      ByteBuffer out = ByteBuffer.wrap(room);
      CoderResult result =
          StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text), out, true);
      if (result.isError()) {
        result.throwException();
      }
      return Arrays.copyOf(room, out.position());
    } finally {
      Arrays.fill(room, (byte) 0);
    }
  }

  private static char[] normal(char[] typed, String field) {
    boolean ascii = true;
    for (char character : typed) {
      ascii &= character < 0x80;
    }
    if (ascii) {
      return typed.clone();
    }
    // normalising takes time, and a character can become eighteen
    if (typed.length > 2 * LONGEST) {
      throw AccessException.invalid(field, field + " must have at most " + LONGEST + " characters");
    }
    return Normalizer.normalize(CharBuffer.wrap(typed), Normalizer.Form.NFKC).toCharArray();
  }

  /** Whether each byte differs from the one before by the same small step: aaaa, 1234, 9876. */
  private boolean monotonous() {
    // not the first one: 0987654321 goes on from 0 to 9
    int step = bytes[2] - bytes[1];
    for (int i = 1; i < bytes.length; i++) {
      int here = bytes[i] - bytes[i - 1];
      if (here != step && !(Math.abs(step) == 1 && here == -9 * step)) {
        return false;
      }
    }
    return Math.abs(step) <= 1;
  }

  /** The bytes to hash; overwritten by {@link #close}. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }

  /** Without the passphrase. */
  @Override
  public String toString() {
    return "Passphrase";
  }
}
