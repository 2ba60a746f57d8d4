package io.airbox.daemon.cli;

import org.jspecify.annotations.Nullable;

/** A verb failed: one sentence for the person, and the exit code. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String code;

  CommandFailure(int exitCode, String message) {
    this(exitCode, message, null);
  }

  CommandFailure(int exitCode, String message, @Nullable Throwable cause) {
    this(exitCode, "", message, cause);
  }

  /**
   * @param code the code of the daemon's problem
   */
  CommandFailure(int exitCode, String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.code = code;
  }

  /** The code of the daemon's problem; empty when the daemon did not say it. */
  String code() {
    return code;
  }

  int exitCode() {
    return exitCode;
  }
}
