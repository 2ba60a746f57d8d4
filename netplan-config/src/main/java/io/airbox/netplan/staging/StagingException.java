package io.airbox.netplan.staging;

import org.jspecify.annotations.Nullable;

/** Root work on the network that was not done. */
public final class StagingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure. */
  public enum Reason {
    /** Nobody is there to do it, or has answered; whether it was begun is then unknown. */
    UNAVAILABLE,
    /** Another change is under way. Nothing was done. */
    BUSY,
    /** It is not allowed, or an argument is wrong. Nothing was done. */
    REFUSED,
    /** A step failed. */
    FAILED
  }

  private final Reason reason;

  public StagingException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What kind of failure. */
  public Reason reason() {
    return reason;
  }
}
