package io.airbox.daemon.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Asks the person at the terminal. Questions go to standard error, so that data stays alone. */
final class Questions {
  private static final int ATTEMPTS = 3;

  private final Terminal terminal;
  private final PrintWriter err;

  Questions(Terminal terminal, PrintWriter err) {
    this.terminal = terminal;
    this.err = err;
  }

  boolean canAsk() {
    return terminal.attended();
  }

  void say(String text) {
    err.println(text);
    err.flush();
  }

  /** Whether the person answered yes in full; a bare Enter is a no. */
  boolean yes(String question) {
    String answer = ask(question + " [yes/no] ");
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).equals("yes");
  }

  /** The answer; null when there is none. */
  @Nullable String ask(String question) {
    prompt(question);
    return terminal.readLine();
  }

  /**
   * A new passphrase, typed twice.
   *
   * @return to be wiped by the caller
   * @throws CommandFailure nothing acceptable was typed
   */
  char[] newPassphrase() {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      char[] first = secret("New passphrase: ");
      String weakness = PassphraseOption.weakness(first);
      if (weakness != null) {
        say(weakness);
        Arrays.fill(first, '\0');
        continue;
      }
      char[] second = secret("The same again: ");
      boolean same = Arrays.equals(first, second);
      Arrays.fill(second, '\0');
      if (same) {
        return first;
      }
      Arrays.fill(first, '\0');
      say("These were two different ones.");
    }
    throw new CommandFailure(
        ExitCodes.USAGE, "no passphrase after " + ATTEMPTS + " attempts; nothing was changed");
  }

  /**
   * The passphrase that something has already.
   *
   * @return to be wiped by the caller
   * @throws CommandFailure nothing was typed
   */
  char[] passphraseOf(String what) {
    return secret("Passphrase of " + what + ": ");
  }

  private char[] secret(String question) {
    prompt(question);
    char[] typed = terminal.readSecret();
    if (typed == null) {
      throw new CommandFailure(ExitCodes.USAGE, "no passphrase was given; nothing was changed");
    }
    return typed;
  }

  private void prompt(String question) {
    err.print(question);
    err.flush();
  }
}
