package io.airbox.generation.worker;

import java.time.Duration;

/** Waits that double with each failure in a row. Not thread-safe. */
final class BackOff {
  private final Duration first;
  private final Duration longest;
  private Duration next;

  BackOff(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
    this.next = first;
  }

  /** The wait after one more failure. */
  Duration failed() {
    Duration wait = next.compareTo(longest) < 0 ? next : longest;
    next = wait.multipliedBy(2);
    return wait;
  }

  void succeeded() {
    next = first;
  }
}
