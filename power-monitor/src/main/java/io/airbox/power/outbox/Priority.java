package io.airbox.power.outbox;

/** What becomes of a record when there is no room. The first ones are sent first. */
public enum Priority {
  /** Alarms and outcomes: kept until they have arrived; a new one that has no room is refused. */
  MUST_ARRIVE("must-arrive"),
  /** Measurements: the oldest give way to new ones. */
  NEWEST("newest");

  private final String id;

  Priority(String id) {
    this.id = id;
  }

  /** As machines name it; the name of its folder. */
  public String id() {
    return id;
  }
}
