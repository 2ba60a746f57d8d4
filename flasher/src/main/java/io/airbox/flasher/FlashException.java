package io.airbox.flasher;

import org.jspecify.annotations.Nullable;

/**
 * A package could not be read, a card not be written, a serial port not be opened, or a transcript
 * not be kept. The message says what, where, which value and what to try; it is fit for the person
 * who asked.
 */
public final class FlashException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list, so that an edge can map each to its own status. */
  public enum Reason {
    /** There is no such file or folder. */
    NOT_FOUND,
    /** It is none of the forms in which card packages come. */
    NOT_A_PACKAGE,
    /** It begins as one of those forms and cannot be read to its end. */
    UNREADABLE,
    /** The card, image or device may not be written, or does not suit. Nothing was written. */
    REFUSED,
    /** Writing or ejecting a card failed; what is on it does not look like a finished one. */
    CARD_FAILED,
    /** The working thread was interrupted. */
    INTERRUPTED,
    /** There is no such serial port, or none at all. */
    PORT_NOT_FOUND,
    /** This user may not open the port. */
    PORT_FORBIDDEN,
    /** Another program has the port. */
    PORT_BUSY,
    /** It is no serial port, or serial ports do not work here. */
    PORT_UNUSABLE,
    /** The transcript cannot be written. */
    TRANSCRIPT
  }

  private final Reason reason;

  public FlashException(Reason reason, String message) {
    this(reason, message, null);
  }

  public FlashException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
