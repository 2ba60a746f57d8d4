package io.airbox.daemon.cli;

import org.jspecify.annotations.Nullable;

/** What the owner's passphrase has to be; the daemon has the same rule. */
final class Passphrase {
  private static final int SHORTEST = 10;
  private static final int LONGEST = 256;

  private Passphrase() {}

  /** What is wrong with it; null when it will do. */
  static @Nullable String weakness(char[] passphrase) {
    int length = Character.codePointCount(passphrase, 0, passphrase.length);
    if (length < SHORTEST) {
      return "is too short: " + SHORTEST + " characters or more are needed";
    }
    return length > LONGEST ? "is too long: at most " + LONGEST + " characters" : null;
  }
}
