package io.airbox.power.sampling;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Ticker;
import io.airbox.power.TripPoint;
import io.airbox.power.sensor.Findings;
import io.airbox.power.sensor.Measurement;
import io.airbox.power.sensor.Probe;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One probe and what it told last. All but {@link #run} belongs to the thread that takes samples.
 */
final class Lane {
  /** A value that is older than this is of no use to anybody. */
  private static final Duration STALE_FOR = Duration.ofSeconds(30);

  /** And this long after, its id is forgotten: interfaces and disks come and go. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  /** A period is good for two, and a moment more for late samples. */
  private static final int GOOD_PERIODS = 2;

  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final Probe probe;
  private final Ticker ticker;
  private final long period;
  private final long goodFor;
  private final long staleFor;
  private final Set<String> expected;
  private final AtomicReference<@Nullable Answer> answer = new AtomicReference<>();
  private final Map<String, Held> held = new LinkedHashMap<>();
  private List<TripPoint> trips = List.of();
  private Map<String, String> texts = Map.of();
  private boolean asked;
  private boolean waiting;
  private long askedAt;

  Lane(Probe probe, Ticker ticker) {
    this.probe = probe;
    this.ticker = ticker;
    this.period = probe.period().toNanos();
    this.goodFor = GOOD_PERIODS * period + MOMENT.toNanos();
    this.staleFor = Math.max(STALE_FOR.toNanos(), goodFor + period);
    this.expected =
        probe.expected().stream().map(Measurement::id).collect(Collectors.toUnmodifiableSet());
    long now = ticker.nanos();
    for (Measurement each : probe.expected()) {
      held.put(each.id(), new Held(each, each.value(), now, now));
    }
  }

  /** Findings, or why there are none. */
  private record Answer(@Nullable Findings findings, String failure, long nanos) {}

  /**
   * @param measurement the last one
   * @param value the last value, which may be of an earlier one
   * @param valueNanos when that was
   * @param toldNanos when the id was last told, with a value or without
   */
  private record Held(
      Measurement measurement, OptionalDouble value, long valueNanos, long toldNanos) {}

  /** Whether the probe may be asked now: it has answered, and its period has passed. */
  boolean isDue(long now) {
    take();
    return !waiting && (!asked || now - askedAt >= period);
  }

  /** The probe is being asked from now on. */
  void begin(long now) {
    asked = true;
    waiting = true;
    askedAt = now;
  }

  /** Asks the probe, on a thread that may hang. */
  void run() {
    try {
      Findings findings = probe.read();
      answer.set(new Answer(findings, "", ticker.nanos()));
    } catch (RuntimeException e) {
      // a mistake of ours costs its own readings, not the others'
      answer.set(new Answer(null, "failed: " + e, ticker.nanos()));
    }
  }

  /** Adds what is known. */
  void tell(long now, List<Reading> readings, List<TripPoint> points, Map<String, String> names) {
    take();
    for (Iterator<Held> each = held.values().iterator(); each.hasNext(); ) {
      Held one = each.next();
      boolean old = now - one.toldNanos() > REMEMBERED.toNanos();
      if (old && !waiting && !expected.contains(one.measurement().id())) {
        each.remove();
      } else {
        readings.add(reading(one, now));
      }
    }
    points.addAll(trips);
    names.putAll(texts);
  }

  private void take() {
    Answer taken = answer.getAndSet(null);
    if (taken == null) {
      return;
    }
    waiting = false;
    Findings findings = taken.findings();
    if (findings == null) {
      held.replaceAll((id, one) -> without(one, taken.failure()));
      return;
    }
    Set<String> told =
        findings.measurements().stream().map(Measurement::id).collect(Collectors.toSet());
    held.replaceAll((id, one) -> told.contains(id) ? one : without(one, "is not told any more"));
    for (Measurement measurement : findings.measurements()) {
      Held before = held.get(measurement.id());
      held.put(
          measurement.id(),
          before == null || measurement.value().isPresent()
              ? new Held(measurement, measurement.value(), taken.nanos(), taken.nanos())
              : new Held(measurement, before.value(), before.valueNanos(), taken.nanos()));
    }
    trips = findings.trips();
    texts = findings.texts();
  }

  private static Held without(Held one, String reason) {
    Measurement last = one.measurement();
    return new Held(
        new Measurement(last.id(), last.unit(), OptionalDouble.empty(), last.source(), reason),
        one.value(),
        one.valueNanos(),
        one.toldNanos());
  }

  private Reading reading(Held one, long now) {
    Measurement last = one.measurement();
    long age = now - one.valueNanos();
    boolean fresh = last.value().isPresent() && age <= goodFor;
    String reason = fresh ? "" : reason(last, now);
    if (one.value().isEmpty() || age > staleFor) {
      return new Reading(
          last.id(),
          last.unit(),
          Quality.UNKNOWN,
          OptionalDouble.empty(),
          Duration.ZERO,
          last.source(),
          reason);
    }
    return new Reading(
        last.id(),
        last.unit(),
        fresh ? Quality.GOOD : Quality.STALE,
        one.value(),
        Duration.ofNanos(age),
        last.source(),
        reason);
  }

  private String reason(Measurement last, long now) {
    long waited = waiting ? now - askedAt : 0;
    return last.reason().isEmpty() || waited > MOMENT.toNanos()
        ? probe.name() + ": no answer for " + Duration.ofNanos(waited).toSeconds() + " s"
        : last.source() + " " + last.reason();
  }
}
