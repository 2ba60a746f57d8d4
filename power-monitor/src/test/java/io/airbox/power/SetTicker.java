package io.airbox.power;

import java.time.Duration;

/** A clock that goes when it is told to. */
public final class SetTicker implements Ticker {
  private volatile long nanos;

  public SetTicker(long nanos) {
    this.nanos = nanos;
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread turns it
  public void forward(Duration by) {
    nanos += by.toNanos();
  }

  @Override
  public long nanos() {
    return nanos;
  }
}
