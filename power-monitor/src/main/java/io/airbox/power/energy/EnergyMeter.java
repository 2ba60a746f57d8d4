package io.airbox.power.energy;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Joules of the input power, by trapezoids between readings. Between two readings that are too far
 * apart nothing is known, and nothing is added: the gap is told instead. Any thread may use it.
 */
public final class EnergyMeter {
  /** The reading that is integrated: all that the box takes. */
  public static final String POWER = "power.input";

  private static final double NANOS = Duration.ofSeconds(1).toNanos();

  private final long longestGap;
  private final long kept;
  private final Deque<Point> points = new ArrayDeque<>();
  private double joules;
  private double knownSeconds;

  /**
   * One point of the curve.
   *
   * @param joules up to here, since the meter began
   * @param seconds of that which are known
   */
  private record Point(long nanos, double watts, double joules, double seconds) {}

  /**
   * A meter at zero.
   *
   * @param longestGap between two readings, beyond which what was between is not known
   * @param kept how far back a stretch of time may reach
   */
  public EnergyMeter(Duration longestGap, Duration kept) {
    this.longestGap = longestGap.toNanos();
    this.kept = kept.toNanos();
  }

  /**
   * Takes the power of a sample that is newer than those before; without a good one it is a gap.
   */
  public synchronized void add(Sample sample) {
    Reading power = sample.reading(POWER).orElse(null);
    if (power == null || power.quality() != Quality.GOOD) {
      return;
    }
    // the value may have been read a moment before the sample
    long nanos = sample.nanos() - power.age().toNanos();
    Point last = points.peekLast();
    double watts = power.value().orElseThrow();
    if (last != null) {
      long elapsed = nanos - last.nanos();
      if (elapsed <= 0) {
        return; // the same reading again
      }
      if (elapsed <= longestGap) {
        joules += (last.watts() + watts) / 2 * (elapsed / NANOS);
        knownSeconds += elapsed / NANOS;
      }
    }
    points.addLast(new Point(nanos, watts, joules, knownSeconds));
    while (points.size() > 1 && nanos - points.getFirst().nanos() > kept) {
      points.removeFirst();
    }
  }

  /** Joules since the meter began; empty while there was no power to integrate. */
  public synchronized OptionalDouble joules() {
    return knownSeconds > 0 ? OptionalDouble.of(joules) : OptionalDouble.empty();
  }

  /**
   * What a stretch of time took, by the clock of the samples. Its ends lie between readings, where
   * power is taken to go straight from one to the next.
   *
   * @return empty when less than nine tenths of it is known: no sensor, a gap, too long ago, or not
   *     over yet by the newest reading
   */
  public synchronized Optional<Energy> between(long startNanos, long endNanos) {
    if (endNanos - startNanos <= 0 || points.size() < 2) {
      return Optional.empty();
    }
    Point start = at(startNanos);
    Point end = at(endNanos);
    double seconds = (endNanos - startNanos) / NANOS;
    double known = end.seconds() - start.seconds();
    if (known < seconds * LEAST_KNOWN) {
      return Optional.empty();
    }
    double watts = (end.joules() - start.joules()) / known;
    return Optional.of(new Energy(watts * seconds, watts));
  }

  private static final double LEAST_KNOWN = 0.9;

  /**
   * The same for a stretch that ends about now: beyond the newest reading power is taken to stay as
   * it was, for as long as two readings may be apart.
   */
  public synchronized Optional<Energy> upTo(long startNanos, long endNanos) {
    Point last = points.peekLast();
    long beyond = last == null ? 0 : endNanos - last.nanos();
    if (last == null || beyond <= 0 || beyond > longestGap) {
      return between(startNanos, endNanos);
    }
    double seconds = beyond / NANOS;
    points.addLast(
        new Point(
            endNanos,
            last.watts(),
            last.joules() + last.watts() * seconds,
            last.seconds() + seconds));
    try {
      return between(startNanos, endNanos);
    } finally {
      points.removeLast();
    }
  }

  /** The curve at a time; before its first point and after its last it is flat. */
  private Point at(long nanos) {
    Point before = null;
    for (Point point : points) {
      if (point.nanos() - nanos >= 0) {
        return before == null ? point : between(before, point, nanos);
      }
      before = point;
    }
    return points.getLast();
  }

  private static Point between(Point before, Point after, long nanos) {
    double known = after.seconds() - before.seconds();
    if (known <= 0) {
      return before; // a gap
    }
    double elapsed = (nanos - before.nanos()) / NANOS;
    double watts = before.watts() + (after.watts() - before.watts()) * (elapsed / known);
    return new Point(
        nanos,
        watts,
        before.joules() + (before.watts() + watts) / 2 * elapsed,
        before.seconds() + elapsed);
  }
}
