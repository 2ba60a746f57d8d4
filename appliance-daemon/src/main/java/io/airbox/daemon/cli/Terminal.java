package io.airbox.daemon.cli;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The person at the terminal, if there is one, and standard input. */
interface Terminal {
  /** Whether somebody is there to answer: input and output are both a terminal. */
  boolean attended();

  /** A line that was typed; null when the input has ended or nobody is there. */
  @Nullable String readLine();

  /**
   * A line that was typed without being shown; null when the input has ended or nobody is there.
   */
  char @Nullable [] readSecret();

  /** Standard input, for options that take {@code -}. */
  InputStream input();
}
