package io.airbox.daemon.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A code for people to read and type: 8 characters of Crockford's base 32, 40 bits.
 *
 * <p>Its alphabet has no I, L, O and U; whoever types I or L means 1, whoever types O means 0, and
 * case, spaces and hyphens do not matter (<a
 * href="https://www.crockford.com/base32.html">description</a>).
 */
final class ClaimCode {
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int LENGTH = 8;

  /** More than anybody types around 8 characters. */
  private static final int LONGEST_INPUT = 64;

  private final String characters;

  private ClaimCode(String characters) {
    this.characters = characters;
  }

  static ClaimCode random(RandomGenerator random) {
    return new ClaimCode(characters(random, LENGTH));
  }

  /** Random characters of the alphabet. */
  static String characters(RandomGenerator random, int count) {
    StringBuilder text = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      // a power of two, so each is as likely as the others
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  /** The code that somebody typed; empty when it is not one. */
  static Optional<ClaimCode> parse(String typed) {
    if (typed.length() > LONGEST_INPUT) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder(LENGTH);
    for (int i = 0; i < typed.length(); i++) {
      char character = typed.charAt(i);
      if (between(character)) {
        continue;
      }
      char meant = meant(character);
      if (ALPHABET.indexOf(meant) < 0) {
        return Optional.empty();
      }
      text.append(meant);
    }
    return text.length() == LENGTH ? Optional.of(new ClaimCode(text.toString())) : Optional.empty();
  }

  private static boolean between(char character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || Character.getType(character) == Character.DASH_PUNCTUATION;
  }

  private static char meant(char character) {
    char upper = character >= 'a' && character <= 'z' ? (char) (character - 'a' + 'A') : character;
    return switch (upper) {
      case 'O' -> '0';
      case 'I', 'L' -> '1';
      default -> upper;
    };
  }

  /** Compares in the same time wherever they differ. */
  boolean matches(ClaimCode other) {
    return MessageDigest.isEqual(
        characters.getBytes(StandardCharsets.US_ASCII),
        other.characters.getBytes(StandardCharsets.US_ASCII));
  }

  /** For the console: {@code XXXX-XXXX}. */
  String display() {
    return characters.substring(0, LENGTH / 2) + "-" + characters.substring(LENGTH / 2);
  }

  /** Without the code. */
  @Override
  public String toString() {
    return "ClaimCode";
  }
}
