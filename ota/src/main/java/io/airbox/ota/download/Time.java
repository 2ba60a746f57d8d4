package io.airbox.ota.download;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** The clock on the wall, one that only goes on, and waiting; of the test's own in tests. */
public interface Time extends InstantSource {
  /** Nanoseconds since some moment; goes on when the clock is set. */
  long nanos();

  /** Waits. */
  void pause(Duration pause) throws InterruptedException;

  /** The machine's. */
  static Time system() {
    return new Time() {
      @Override
      public Instant instant() {
        return Instant.now();
      }

      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void pause(Duration pause) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      }
    };
  }
}
