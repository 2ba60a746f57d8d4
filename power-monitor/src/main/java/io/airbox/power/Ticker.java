package io.airbox.power;

/** A clock that only goes forward, whatever happens to the time of day. */
@FunctionalInterface
public interface Ticker {
  /** The system's. */
  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since an unknown moment; differences alone mean something. */
  long nanos();
}
