package io.airbox.hwtests.linux;

/**
 * The console did not say what was waited for; the message ends with the last lines that it said.
 */
public final class ConsoleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConsoleException(String message, String screen) {
    super(message + "; the last lines of the console:\n" + screen.indent(2));
  }
}
