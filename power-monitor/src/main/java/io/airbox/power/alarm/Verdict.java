package io.airbox.power.alarm;

/** What a rule says of one sample. */
public enum Verdict {
  /** Within what is right; ends an alarm. */
  WITHIN,
  /** In the hysteresis: keeps whatever there is, an alarm or none. */
  BETWEEN,
  /** Beyond the limit; begins an alarm. */
  BEYOND,
  /** The reading has no good value: keeps whatever there is. */
  UNKNOWN
}
