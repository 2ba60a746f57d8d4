package io.airbox.daemon.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** A time of day that is set at will, and a time that only grows. */
final class FakeTime implements InstantSource, LongSupplier {
  static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

  private Instant now = START;
  private long nanos = -7;

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public synchronized long getAsLong() {
    return nanos;
  }

  /** Time goes by. */
  synchronized void pass(Duration duration) {
    now = now.plus(duration);
    nanos += duration.toNanos();
  }

  /** Somebody sets the clock. */
  synchronized void set(Instant instant) {
    now = instant;
  }
}
