package io.airbox.ota.download;

import java.time.Duration;

/** Keeps to a number of bytes a second, with bursts of at most a quarter of a second's. */
final class Pacer {
  private static final long NANOS = 1_000_000_000L;
  private static final long BURST = NANOS / 4;

  private final long bytesPerSecond;
  private final Time time;

  /** When what was taken so far will have been paid for. */
  private long paid;

  /**
   * @param bytesPerSecond 0 for any
   */
  Pacer(long bytesPerSecond, Time time) {
    this.bytesPerSecond = bytesPerSecond;
    this.time = time;
    this.paid = time.nanos();
  }

  /** Waits until so many bytes that were taken are paid for. */
  void took(int bytes) throws InterruptedException {
    if (bytesPerSecond == 0) {
      return;
    }
    long now = time.nanos();
    if (paid - now < -BURST) {
      paid = now - BURST;
    }
    paid += (long) ((double) bytes / bytesPerSecond * NANOS);
    if (paid > now) {
      time.pause(Duration.ofNanos(paid - now));
    }
  }
}
