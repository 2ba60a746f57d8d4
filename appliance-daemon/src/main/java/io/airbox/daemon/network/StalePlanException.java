package io.airbox.daemon.network;

/** A plan that cannot be applied as it was shown; nothing was touched. */
public final class StalePlanException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StalePlanException(String message) {
    super(message);
  }
}
