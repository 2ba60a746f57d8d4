package io.airbox.daemon.access;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something was refused or could not be done; nothing has changed unless the reason says so. */
public final class AccessException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list. */
  public enum Reason {
    /** The claim code is not the present one. */
    WRONG_CODE,
    /** The box has an owner. */
    ALREADY_CLAIMED,
    /** The box has no owner. */
    NOT_CLAIMED,
    /** Too many wrong tries from this address, or too many tries at once; see the time to wait. */
    TOO_MANY_ATTEMPTS,
    /** The passphrase is not the owner's. */
    WRONG_PASSPHRASE,
    /** The API key is unknown, revoked or expired. */
    INVALID_KEY,
    /** The key's pictures of the day are used up; see the time to wait. */
    QUOTA_EXCEEDED,
    /** The key has as many jobs waiting or running as it may. */
    KEY_LIMIT,
    /** Guests of this address ask for pictures too often; see the time to wait. */
    GUEST_LIMIT,
    /** A value is not acceptable; see the field. */
    INVALID,
    /** There is no such key. */
    NOT_FOUND,
    /** A file is damaged or missing; the message names it. */
    DAMAGED,
    /**
     * A file could not be read or written; the message names it. A change that was asked for holds
     * or does not hold.
     */
    STORAGE_FAULT
  }

  private final Reason reason;
  private final @Nullable String field;
  private final @Nullable Duration retryAfter;

  private AccessException(
      Reason reason,
      @Nullable String field,
      @Nullable Duration retryAfter,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  AccessException(Reason reason, String message) {
    this(reason, null, null, message, null);
  }

  static AccessException invalid(String field, String message) {
    return new AccessException(Reason.INVALID, field, null, message, null);
  }

  static AccessException later(Reason reason, Duration retryAfter, String message) {
    return new AccessException(reason, null, retryAfter, message, null);
  }

  static AccessException file(Reason reason, String message, @Nullable Throwable cause) {
    return new AccessException(reason, null, null, message, cause);
  }

  public Reason reason() {
    return reason;
  }

  /** The member of the request that is wrong; only with {@link Reason#INVALID}. */
  public @Nullable String field() {
    return field;
  }

  /**
   * When to try again, whole seconds, at least one; only with {@code TOO_MANY_ATTEMPTS}, {@code
   * QUOTA_EXCEEDED} and {@code GUEST_LIMIT}.
   */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
