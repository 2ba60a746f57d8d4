package io.airbox.daemon.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbox.power.Sample;
import io.airbox.power.Unit;
import io.airbox.power.alarm.AlarmBook;
import io.airbox.power.alarm.AlarmEvent;
import io.airbox.power.alarm.AlarmRule;
import io.airbox.power.alarm.Blame;
import io.airbox.power.alarm.Level;
import io.airbox.power.alarm.Severity;
import io.airbox.power.alarm.Suspects;
import io.airbox.power.alarm.Verdict;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlarmDeskTest {
  private static final Decision CALM = new Decision(ThermalState.NORMAL, 0, "");

  @TempDir Path folder;

  private AlarmBook book;
  private AlarmDesk desk;
  private volatile boolean beyond;
  private long nanos;

  @BeforeEach
  void open() throws IOException {
    book = AlarmBook.open(folder.resolve("alarms.json"), List.of(rule()), Suspects.UNKNOWN);
    desk = new AlarmDesk(book);
  }

  @AfterEach
  void close() {
    desk.close();
  }

  private AlarmRule rule() {
    return new AlarmRule(
        "test",
        Severity.WARNING,
        Blame.NONE,
        Duration.ZERO,
        Duration.ZERO,
        (sample, heat) ->
            List.of(
                new Level(
                    "",
                    beyond ? Verdict.BEYOND : Verdict.WITHIN,
                    OptionalDouble.empty(),
                    Unit.COUNT,
                    "test")));
  }

  /** Something begins to be wrong, or is right again. */
  private void turn() {
    beyond = !beyond;
    desk.looked(new Telemetry.Look(new Sample(Instant.EPOCH, ++nanos, List.of(), List.of()), CALM));
    boolean now = beyond;
    await().until(() -> book.active().isEmpty() != now);
  }

  /** Keeps what it takes; fails for as long as it is told to. */
  private static final class Hands implements AlarmDesk.Taker {
    private final List<String> taken = new ArrayList<>();
    private boolean full;

    @Override
    public void take(AlarmEvent event) throws IOException {
      if (full) {
        throw new IOException("no room");
      }
      taken.add(event.transition());
    }
  }

  @Test
  void withoutARoundTheJournalIsEnough() {
    turn();
    await().until(() -> book.unsettled().isEmpty());
  }

  @Test
  void anEventStaysUntilAllRoundsHaveCarriedIt() {
    AlarmDesk.Round one = desk.round("one");
    AlarmDesk.Round other = desk.round("other");
    Hands ones = new Hands();
    Hands others = new Hands();
    turn();
    one.carry(ones);
    assertThat(book.unsettled()).hasSize(1);
    assertThat(one.waits()).isFalse();
    assertThat(other.waits()).isTrue();

    one.carry(ones);
    other.carry(others);
    assertThat(book.unsettled()).isEmpty();
    assertThat(ones.taken).containsExactly("raised");
    assertThat(others.taken).containsExactly("raised");
  }

  @Test
  void noneOvertakesOneThatIsNotTaken() {
    AlarmDesk.Round round = desk.round("one");
    Hands hands = new Hands();
    turn();
    hands.full = true;
    round.carry(hands);
    turn();
    assertThat(book.unsettled()).hasSize(2);

    hands.full = false;
    round.carry(hands);
    assertThat(hands.taken).containsExactly("raised", "cleared");
    assertThat(book.unsettled()).isEmpty();
  }

  @Test
  void aRoundIsToldThatThereIsSomethingToCarry() {
    AtomicInteger told = new AtomicInteger();
    desk.round("one").onEvent(told::incrementAndGet);
    turn();
    await().until(() -> told.get() == 1);
  }

  @Test
  void whatTheLastRunLeftGoesOnTheRound() throws IOException {
    desk.round("one");
    turn();
    desk.close();
    desk =
        new AlarmDesk(
            AlarmBook.open(folder.resolve("alarms.json"), List.of(rule()), Suspects.UNKNOWN));
    Hands hands = new Hands();
    desk.round("one").carry(hands);
    assertThat(hands.taken).containsExactly("raised");
  }
}
