package io.airbox.power.alarm;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How urgent an alarm is. */
public enum Severity {
  /** Somebody should look soon. */
  WARNING,
  /** Work is lost or refused, or will be. */
  CRITICAL;

  /** As machines name it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Severity> of(String id) {
    return Arrays.stream(values()).filter(each -> each.id().equals(id)).findFirst();
  }
}
