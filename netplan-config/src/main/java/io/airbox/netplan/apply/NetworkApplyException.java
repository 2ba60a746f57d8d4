package io.airbox.netplan.apply;

import org.jspecify.annotations.Nullable;

/** Something that a network change does not allow; the message is fit for the person who asked. */
public final class NetworkApplyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list. */
  public enum Reason {
    /** A value of the change is out of range. */
    INVALID,
    /** Another change is under way. */
    BUSY,
    /** No change of that name is under way. */
    NO_SUCH_TRANSACTION,
    /** The token is not this change's. */
    WRONG_TOKEN,
    /** The change is not in effect yet, or is being taken back. */
    NOT_WAITING,
    /** The side with root refuses. */
    REFUSED,
    /** The side with root is not there: this is no box, or its services are not installed. */
    UNAVAILABLE,
    /** The side with root failed; what that means for the change its state tells. */
    FAILED,
    /** The journal cannot be read or written; nothing was begun. */
    STORAGE
  }

  private final Reason reason;

  public NetworkApplyException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
