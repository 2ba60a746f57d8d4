package io.airbox.ota.download;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How fast bytes come, over the last half minute, and when the rest will be here. What was here
 * before the first call counts for nothing. Not thread-safe.
 */
public final class Rate {
  private static final long NANOS = 1_000_000_000L;
  private static final long WINDOW = 30 * NANOS;
  private static final long STEP = NANOS / 4;

  private final Time time;
  private final ArrayDeque<long[]> marks = new ArrayDeque<>();

  public Rate(Time time) {
    this.time = time;
  }

  /**
   * Notes how much is here.
   *
   * @return whether a quarter of a second went by since it last was true, so that it is time to
   *     tell
   */
  public boolean at(long here) {
    long now = time.nanos();
    long[] last = marks.peekLast();
    if (last != null && here < last[1]) {
      marks.clear(); // started over
      last = null;
    }
    if (last != null && now - last[0] < STEP) {
      return false;
    }
    marks.addLast(new long[] {now, here});
    while (now - marks.getFirst()[0] > WINDOW) {
      marks.removeFirst();
    }
    return true;
  }

  /** Bytes a second; empty while too little is known. */
  public OptionalLong perSecond() {
    if (marks.size() < 2) {
      return OptionalLong.empty();
    }
    long[] first = marks.getFirst();
    long[] last = marks.getLast();
    return OptionalLong.of((long) ((double) (last[1] - first[1]) / (last[0] - first[0]) * NANOS));
  }

  /** How long it will take until so much is here. */
  public Optional<Duration> until(long all) {
    OptionalLong rate = perSecond();
    if (rate.isEmpty() || rate.getAsLong() <= 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofSeconds((all - marks.getLast()[1]) / rate.getAsLong()));
  }
}
