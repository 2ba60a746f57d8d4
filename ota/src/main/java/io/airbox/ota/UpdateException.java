package io.airbox.ota;

import org.jspecify.annotations.Nullable;

/**
 * A release or its installation is refused. The message says what, where, which value, and what to
 * try; what answers requests stays as it was.
 */
public final class UpdateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list, so that an edge can map each to its own code. */
  public enum Reason {
    /** The text is not such a document: too long, not JSON, a wrong or missing member. */
    MALFORMED,
    /** The document is of another kind, or of a newer format. */
    WRONG_TYPE,
    /** Nobody who signed it is known here. */
    UNKNOWN_KEY,
    /** A signature by a known key does not belong to these bytes. */
    BAD_SIGNATURE,
    /** Fewer of the keys signed than have to. */
    TOO_FEW_SIGNATURES,
    /** It is older than what this box has seen. */
    ROLLBACK,
    /** The same number was given to two documents. */
    REUSED_NUMBER,
    /** Its time is over. */
    EXPIRED,
    /** This box does not know what time it is. */
    CLOCK_NOT_SET,
    /** It is not for this kind of box. */
    INCOMPATIBLE,
    /** Memory or disk do not suffice. */
    NO_ROOM,
    /** Files are not those that were signed. */
    WRONG_CONTENT,
    /** A key's file cannot be read, or its passphrase is wrong. */
    UNREADABLE_KEY,
    /** Something else is being done that has to end first. */
    BUSY,
    /** It was called off. */
    CANCELLED,
    /** There is no such pack, release or installation. */
    NOT_THERE,
    /** Something else has the name that is needed. */
    NAME_TAKEN,
    /** The file system cannot do what the store needs. */
    UNSUITABLE_DISK,
    /** No place has what is asked for, or none answers. */
    UNREACHABLE
  }

  private final Reason reason;

  public UpdateException(Reason reason, String message) {
    this(reason, message, null);
  }

  public UpdateException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** The same, said of a file or an address. */
  public UpdateException of(String place) {
    return new UpdateException(reason, place + ": " + getMessage(), this);
  }
}
