package io.airbox.helper;

import org.jspecify.annotations.Nullable;

/** Root work that was not done. */
public final class HelperException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure. */
  public enum Reason {
    /** Nobody is there to do it, or has answered; whether it was begun is then unknown. */
    UNAVAILABLE,
    /** It is not allowed, or an argument is wrong. Nothing was done. */
    REFUSED,
    /** A step failed. The steps before it were done. */
    FAILED,
    /** The other side does not speak the protocol. */
    PROTOCOL
  }

  private final Reason reason;
  private final @Nullable String field;

  HelperException(
      Reason reason, @Nullable String field, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.field = field;
  }

  /** What kind of failure. */
  public Reason reason() {
    return reason;
  }

  /** The argument at fault, if one is. */
  public @Nullable String field() {
    return field;
  }
}
