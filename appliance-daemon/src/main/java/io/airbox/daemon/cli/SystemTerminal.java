package io.airbox.daemon.cli;

import java.io.Console;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The terminal of this process. */
final class SystemTerminal implements Terminal {
  private final @Nullable Console console = console();

  @SuppressWarnings("SystemConsoleNull") // Java 22 to 24 would have one without a terminal, but the
  // launcher sets jdk.console=java.base, with which there is none, as in all others
  private static @Nullable Console console() {
    return System.console();
  }

  @Override
  public boolean attended() {
    return console != null;
  }

  @Override
  public @Nullable String readLine() {
    return console == null ? null : console.readLine();
  }

  @Override
  public char @Nullable [] readSecret() {
    return console == null ? null : console.readPassword();
  }

  @Override
  public InputStream input() {
    return System.in;
  }
}
