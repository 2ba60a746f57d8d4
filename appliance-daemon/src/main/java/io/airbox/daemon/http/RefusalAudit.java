package io.airbox.daemon.http;

import io.airbox.daemon.access.AuditLog;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.access.Rule;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Writes refused requests into the audit log, so many that an attack is seen and so few that it
 * cannot push everything else out of the log: at most {@value #PER_MINUTE} a minute; of the others
 * their number is written. Used on one event loop.
 */
final class RefusalAudit {
  static final int PER_MINUTE = 20;

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final String ACTION = "request";

  private final AuditLog log;
  private final Executor worker;
  private final LongSupplier nanoTime;
  private long began;
  private int written;
  private long left;

  /**
   * Refusals for that log.
   *
   * @param worker where the log is written, one entry after the other
   */
  RefusalAudit(AuditLog log, Executor worker, LongSupplier nanoTime) {
    this.log = log;
    this.worker = worker;
    this.nanoTime = nanoTime;
    this.began = nanoTime.getAsLong();
  }

  void add(Caller caller, Rule rule, String code) {
    long now = nanoTime.getAsLong();
    if (now - began >= MINUTE) {
      began = now;
      written = 0;
    }
    if (written >= PER_MINUTE) {
      left++;
      return;
    }
    written++;
    long unwritten = left;
    left = 0;
    worker.execute(
        () -> {
          if (unwritten > 0) {
            log.record(caller, ACTION, unwritten + " more", null, null, "refused");
          }
          log.record(caller, ACTION, rule.toString(), null, null, code);
        });
  }
}
