package io.airbox.netplan.apply;

/** How far a network change is. */
public enum ApplyState {
  /** Written into the journal and announced; nothing is touched yet. */
  PREPARED(false),
  /** The new settings are on their way up. */
  APPLYING(false),
  /** The new settings are in effect until the deadline, unless they are confirmed before. */
  AWAITING_CONFIRM(false),
  /** The new settings are kept. */
  CONFIRMED(true),
  /** The former settings are on their way up. */
  ROLLING_BACK(false),
  /** The former settings are in effect. */
  ROLLED_BACK(true),
  /** The former settings were asked for but are not in effect: somebody has to look. */
  ROLLBACK_FAILED(true);

  private final boolean end;

  ApplyState(boolean end) {
    this.end = end;
  }

  /** Whether nothing more happens to the change. */
  public boolean isEnd() {
    return end;
  }
}
