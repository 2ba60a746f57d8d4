package io.airbox.daemon.network;

/** A plan that is not applied; nothing was touched. */
public final class PlanNotAppliedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; a closed list. */
  public enum Reason {
    /** The plan is unknown, or files have changed since it was made. */
    PLAN_STALE,
    /** The plan changes nothing. */
    NOTHING_CHANGES,
    /** Nobody on the network would find the box; whoever means it says so. */
    LAST_WAY_IN
  }

  private final Reason reason;

  PlanNotAppliedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
