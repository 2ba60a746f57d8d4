package io.airbox.daemon.jobs;

import java.time.Duration;

/** A job was not accepted; nothing was queued. */
public final class JobRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list. */
  public enum Reason {
    /** As many jobs wait as the queue holds. */
    QUEUE_FULL,
    /** As many jobs of this owner wait as one owner may have. */
    OWNER_LIMIT,
    /** The machine is restrained, for heat: fewer may wait than the queue holds, or none. */
    TOO_HOT,
    /** The daemon is stopping. */
    CLOSED
  }

  private final Reason reason;
  private final Duration retryAfter;

  JobRefusedException(Reason reason, Duration retryAfter, String message) {
    super(message);
    this.reason = reason;
    this.retryAfter = retryAfter;
  }

  public Reason reason() {
    return reason;
  }

  /** When a place is likely to be free: whole seconds, at least one. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
