package io.airbox.power.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.power.Sample;
import io.airbox.power.Unit;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AlarmMachineTest {
  private static final Duration RAISE = Duration.ofSeconds(10);
  private static final Duration CLEAR = Duration.ofSeconds(30);
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
  private static final Decision CALM = new Decision(ThermalState.NORMAL, 0, "");

  private final Map<String, Verdict> verdicts = new HashMap<>();
  private final Supplier<String> occurrences = occurrences("o");
  private long nanos = 7;

  private static Supplier<String> occurrences(String prefix) {
    int[] count = new int[1];
    return () -> prefix + ++count[0];
  }

  private AlarmRule rule() {
    return new AlarmRule(
        "rule",
        Severity.WARNING,
        Blame.BUSIEST,
        RAISE,
        CLEAR,
        (sample, heat) ->
            verdicts.entrySet().stream()
                .map(
                    each ->
                        new Level(
                            each.getKey(),
                            each.getValue(),
                            OptionalDouble.of(1),
                            Unit.COUNT,
                            each.getValue().name()))
                .toList());
  }

  private AlarmMachine machine(List<Alarm> active) {
    return new AlarmMachine(
        List.of(rule()), occurrences, (blame, now) -> blame + " at " + now, active);
  }

  private List<AlarmEvent> after(AlarmMachine machine, int seconds, Verdict verdict) {
    verdicts.put("a", verdict);
    return after(machine, seconds);
  }

  private List<AlarmEvent> after(AlarmMachine machine, int seconds) {
    nanos += Duration.ofSeconds(seconds).toNanos();
    return machine.observe(new Sample(START.plusNanos(nanos), nanos, List.of(), List.of()), CALM);
  }

  @Test
  void anAlarmIsRaisedWhenItsTimeIsOverAndClearedLikewise() {
    AlarmMachine machine = machine(List.of());
    assertThat(after(machine, 1, Verdict.BEYOND)).isEmpty();
    assertThat(after(machine, 9, Verdict.BEYOND)).isEmpty();
    List<AlarmEvent> raised = after(machine, 1, Verdict.BEYOND);
    assertThat(raised).extracting(AlarmEvent::id).containsExactly("o1-raised");
    assertThat(machine.active()).extracting(Alarm::id).containsExactly("rule.a");
    assertThat(machine.active().get(0).process()).isEqualTo("BUSIEST at " + nanos);
    assertThat(machine.active().get(0).raisedAt()).isEqualTo(START.plusNanos(nanos));
    assertThat(after(machine, 100, Verdict.BETWEEN)).isEmpty();
    assertThat(after(machine, 1, Verdict.WITHIN)).isEmpty();
    assertThat(after(machine, 29, Verdict.WITHIN)).isEmpty();
    List<AlarmEvent> cleared = after(machine, 1, Verdict.WITHIN);
    assertThat(cleared).extracting(AlarmEvent::id).containsExactly("o1-cleared");
    assertThat(cleared.get(0).reason()).isEqualTo("WITHIN");
    assertThat(cleared.get(0).alarm().reason()).isEqualTo("BEYOND");
    assertThat(machine.active()).isEmpty();
  }

  @Test
  void anythingElseInBetweenBreaksTheHold() {
    for (Verdict verdict : List.of(Verdict.WITHIN, Verdict.BETWEEN, Verdict.UNKNOWN)) {
      AlarmMachine machine = machine(List.of());
      after(machine, 1, Verdict.BEYOND);
      after(machine, 9, verdict);
      assertThat(after(machine, 1, Verdict.BEYOND)).isEmpty();
      assertThat(after(machine, 9, Verdict.BEYOND)).isEmpty();
      assertThat(after(machine, 1, Verdict.BEYOND)).hasSize(1);
    }
  }

  @Test
  void aThingThatIsGoneIsClearedAndForgotten() {
    AlarmMachine machine = machine(List.of());
    after(machine, 1, Verdict.BEYOND);
    after(machine, 10, Verdict.BEYOND);
    verdicts.clear();
    after(machine, 1);
    assertThat(after(machine, 299)).isEmpty();
    assertThat(after(machine, 1)).extracting(AlarmEvent::id).containsExactly("o1-cleared");
    assertThat(machine.active()).isEmpty();
  }

  @Test
  void aRestartNeitherForgetsNorRaisesAnew() {
    AlarmMachine first = machine(List.of());
    after(first, 1, Verdict.BEYOND);
    after(first, 10, Verdict.BEYOND);
    AlarmMachine second = machine(first.active());
    assertThat(second.active()).isEqualTo(first.active());
    assertThat(after(second, 1, Verdict.BEYOND)).isEmpty();
    assertThat(after(second, 100, Verdict.BEYOND)).isEmpty();
    after(second, 1, Verdict.WITHIN);
    assertThat(after(second, 30, Verdict.WITHIN))
        .extracting(AlarmEvent::id)
        .containsExactly("o1-cleared");
  }

  @Test
  void anAlarmOfARuleThatIsNoMoreEnds() {
    AlarmMachine first = machine(List.of());
    after(first, 1, Verdict.BEYOND);
    after(first, 10, Verdict.BEYOND);
    AlarmMachine second =
        new AlarmMachine(List.of(), occurrences, Suspects.UNKNOWN, first.active());
    after(second, 1);
    assertThat(after(second, 300)).extracting(AlarmEvent::id).containsExactly("o1-cleared");
  }

  /**
   * A step of a random life: what is seen of which thing, after how long, and whether it begins
   * anew.
   */
  record Step(String subject, Verdict verdict, int seconds, boolean restarts) {}

  @Provide
  Arbitrary<List<Step>> lives() {
    return Combinators.combine(
            Arbitraries.of("a", "b"),
            Arbitraries.of(Verdict.values()),
            Arbitraries.integers().between(1, 20),
            Arbitraries.of(false, false, false, false, true))
        .as(Step::new)
        .list()
        .ofMaxSize(120);
  }

  /** Against the definition: the whole run of verdicts before an event must justify it. */
  @Property(tries = 300)
  void everyEventIsJustifiedAndNoneIsMissing(@ForAll("lives") List<Step> life) {
    Map<String, Verdict> seen = new HashMap<>();
    verdicts.clear();
    Supplier<String> names = occurrences("n");
    AlarmRule rule = rule();
    AlarmMachine machine = new AlarmMachine(List.of(rule), names, Suspects.UNKNOWN, List.of());
    Map<String, Long> turned = new HashMap<>();
    Map<String, String> raised = new HashMap<>();
    Set<String> ids = new HashSet<>();
    long now = 0;
    for (Step step : life) {
      if (step.restarts()) {
        machine = new AlarmMachine(List.of(rule), names, Suspects.UNKNOWN, machine.active());
        turned.clear();
      }
      now += Duration.ofSeconds(step.seconds()).toNanos();
      seen.put(step.subject(), step.verdict());
      verdicts.putAll(seen);
      List<AlarmEvent> events =
          new ArrayList<>(machine.observe(new Sample(START, now, List.of(), List.of()), CALM));
      for (Map.Entry<String, Verdict> each : seen.entrySet()) {
        String id = "rule." + each.getKey();
        boolean active = raised.containsKey(id);
        if (each.getValue() != (active ? Verdict.WITHIN : Verdict.BEYOND)) {
          turned.remove(id);
        } else {
          turned.putIfAbsent(id, now);
        }
        Long since = turned.get(id);
        boolean due = since != null && now - since >= (active ? CLEAR : RAISE).toNanos();
        List<AlarmEvent> own =
            events.stream().filter(event -> event.alarm().id().equals(id)).toList();
        assertThat(own).hasSize(due ? 1 : 0);
        if (due) {
          turned.remove(id);
          AlarmEvent event = own.get(0);
          assertThat(event.raised()).isEqualTo(!active);
          assertThat(ids.add(event.id())).isTrue();
          if (active) {
            assertThat(event.alarm().occurrence()).isEqualTo(raised.remove(id));
          } else {
            raised.put(id, event.alarm().occurrence());
          }
        }
      }
      assertThat(machine.active())
          .extracting(Alarm::id)
          .containsExactlyInAnyOrderElementsOf(raised.keySet());
    }
  }
}
