package io.airbox.power.alarm;

import io.airbox.power.Sample;
import io.airbox.power.thermal.Decision;
import java.time.Duration;
import java.util.List;

/**
 * When to raise an alarm and when to clear it.
 *
 * @param id of its alarms, with the subject behind it: {@code storage.full} and {@code root}
 * @param blame which process its alarms name
 * @param raiseAfter how long it must be beyond its limit without a break
 * @param clearAfter how long it must be within what is right without a break
 */
public record AlarmRule(
    String id,
    Severity severity,
    Blame blame,
    Duration raiseAfter,
    Duration clearAfter,
    Gauge gauge) {

  /** Judges one sample. */
  @FunctionalInterface
  public interface Gauge {
    /**
     * A level for each thing of its kind that the sample knows of.
     *
     * @param heat what the thermal policy made of the same sample
     */
    List<Level> levels(Sample sample, Decision heat);
  }
}
