package io.airbox.daemon.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Placeholder. */
public final class AuditLog {
  AuditLog() {}

  /**
   * Writes down what happened; on the disk when it returns. It never fails: what cannot be written
   * is logged as an error, for an owner must be able to act on a box whose disk is full.
   *
   * @param action what, as {@code system.hostname}; lower case with dots
   * @param target to what; null where the action says it all
   * @param before the state before; never a secret
   * @param after the state after; never a secret
   * @param outcome {@code done}, or a reason
   */
  public void record(
      Caller caller,
      String action,
      @Nullable String target,
      @Nullable String before,
      @Nullable String after,
      String outcome) {
    throw new UnsupportedOperationException();
  }

  /**
   * The log, newest first.
   *
   * @param limit at most this many, 1…1000
   * @param before number before which to go on (the last one of the page before), or null to begin
   * @throws IllegalArgumentException {@code limit} or {@code before} is out of range
   * @throws AccessException {@code STORAGE_FAULT}
   */
  public List<AuditEntry> read(int limit, @Nullable Long before) {
    throw new UnsupportedOperationException();
  }
}
