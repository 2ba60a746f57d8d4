package io.airbox.power.alarm;

import io.airbox.power.Sample;
import io.airbox.power.thermal.Decision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes alarms of what rules say, without a clock or a disk of its own. An alarm is raised when its
 * rule was beyond the limit for the rule's time without a break, and cleared when it was within
 * what is right for another; anything else between breaks either. Time is the samples' clock that
 * does not jump. For one thread.
 */
final class AlarmMachine {
  /** What a sample no longer mentions was taken out, or is not yet there after a start. */
  static final Duration GONE_AFTER = Duration.ofMinutes(5);

  private final List<AlarmRule> rules;
  private final Supplier<String> occurrences;
  private final Suspects suspects;
  private final Map<String, Watch> watches = new HashMap<>();

  /** One thing that one rule watches. */
  private static final class Watch {
    private @Nullable Alarm alarm;

    /** Since when the opposite of what holds is seen without a break; null while it is not. */
    private @Nullable Long turnedAt;

    private @Nullable Long missingSince;
  }

  /**
   * One that knows of some alarms.
   *
   * @param occurrences makes a new name that was never used
   * @param active that were raised before
   */
  AlarmMachine(
      List<AlarmRule> rules,
      Supplier<String> occurrences,
      Suspects suspects,
      Collection<Alarm> active) {
    this.rules = List.copyOf(rules);
    this.occurrences = occurrences;
    this.suspects = suspects;
    for (Alarm alarm : active) {
      Watch watch = new Watch();
      watch.alarm = alarm;
      watches.put(alarm.id(), watch);
    }
  }

  /** The alarms of now, in the order of their ids. */
  List<Alarm> active() {
    List<Alarm> active = new ArrayList<>();
    for (Watch watch : watches.values()) {
      if (watch.alarm != null) {
        active.add(watch.alarm);
      }
    }
    active.sort(Comparator.comparing(Alarm::id));
    return active;
  }

  /** What a sample, newer than those before, changes. */
  List<AlarmEvent> observe(Sample sample, Decision heat) {
    suspects.look(sample.nanos());
    List<AlarmEvent> events = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (AlarmRule rule : rules) {
      for (Level level : rule.gauge().levels(sample, heat)) {
        String id = level.subject().isEmpty() ? rule.id() : rule.id() + "." + level.subject();
        if (seen.add(id)) {
          observe(rule, id, level, sample, events);
        }
      }
    }
    missing(seen, sample, events);
    return events;
  }

  private void observe(
      AlarmRule rule, String id, Level level, Sample sample, List<AlarmEvent> events) {
    Watch watch = watches.computeIfAbsent(id, unused -> new Watch());
    watch.missingSince = null;
    Alarm alarm = watch.alarm;
    if (level.verdict() != (alarm == null ? Verdict.BEYOND : Verdict.WITHIN)) {
      watch.turnedAt = null;
      return;
    }
    long since = watch.turnedAt == null ? sample.nanos() : watch.turnedAt;
    watch.turnedAt = since;
    Duration hold = alarm == null ? rule.raiseAfter() : rule.clearAfter();
    if (sample.nanos() - since < hold.toNanos()) {
      return;
    }
    watch.turnedAt = null;
    if (alarm == null) {
      Alarm raised =
          new Alarm(
              id,
              occurrences.get(),
              rule.severity(),
              sample.at(),
              level.reason(),
              level.value(),
              level.unit(),
              rule.blame() == Blame.NONE ? "" : suspects.name(rule.blame(), sample.nanos()));
      watch.alarm = raised;
      events.add(new AlarmEvent(raised, true, sample.at(), level.reason(), level.value()));
    } else {
      watch.alarm = null;
      events.add(new AlarmEvent(alarm, false, sample.at(), level.reason(), level.value()));
    }
  }

  /** Forgets what is gone, so that nothing grows, and clears its alarms. */
  private void missing(Set<String> seen, Sample sample, List<AlarmEvent> events) {
    List<String> gone = new ArrayList<>();
    watches.forEach(
        (id, watch) -> {
          if (seen.contains(id)) {
            return;
          }
          watch.turnedAt = null;
          if (watch.missingSince == null) {
            watch.missingSince = sample.nanos();
          }
          if (watch.alarm == null || sample.nanos() - watch.missingSince >= GONE_AFTER.toNanos()) {
            gone.add(id);
          }
        });
    gone.sort(Comparator.naturalOrder());
    for (String id : gone) {
      Watch watch = watches.remove(id);
      if (watch != null && watch.alarm != null) {
        events.add(
            new AlarmEvent(
                watch.alarm,
                false,
                sample.at(),
                "nothing tells of it any more",
                OptionalDouble.empty()));
      }
    }
  }
}
