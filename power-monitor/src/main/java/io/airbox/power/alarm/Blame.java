package io.airbox.power.alarm;

/** Which process an alarm names. */
public enum Blame {
  /** None has to do with it. */
  NONE,
  /** The one that used most of the processor lately. */
  BUSIEST,
  /** The one that holds most memory. */
  LARGEST
}
