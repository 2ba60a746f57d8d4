package io.airbox.netplan.check;

/** How bad a finding is. */
public enum Severity {
  /** The plan cannot be applied. */
  ERROR,
  /** It can, and somebody may be sorry. */
  WARNING
}
