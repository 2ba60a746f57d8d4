package io.airbox.power.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.power.Sample;
import io.airbox.power.Unit;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlarmBookTest {
  private static final Decision CALM = new Decision(ThermalState.NORMAL, 0, "");

  @TempDir Path folder;
  private Path file;
  private Verdict verdict = Verdict.WITHIN;
  private long nanos;

  @BeforeEach
  void name() {
    file = folder.resolve("state").resolve("alarms.json");
  }

  private AlarmBook open() throws IOException {
    AlarmRule rule =
        new AlarmRule(
            "rule",
            Severity.CRITICAL,
            Blame.NONE,
            Duration.ZERO,
            Duration.ZERO,
            (sample, heat) ->
                List.of(
                    new Level("", verdict, OptionalDouble.of(0.5), Unit.RATIO, "\"half\" full")));
    return AlarmBook.open(file, List.of(rule), Suspects.UNKNOWN);
  }

  private List<AlarmEvent> see(AlarmBook book, Verdict next) {
    verdict = next;
    nanos++;
    return book.observe(
        new Sample(Instant.EPOCH.plusNanos(nanos), nanos, List.of(), List.of()), CALM);
  }

  @Test
  void alarmsAndEventsThatNobodyTookAreThereAfterACrash() throws IOException {
    AlarmBook first = open();
    List<AlarmEvent> raised = see(first, Verdict.BEYOND);
    assertThat(raised).hasSize(1);
    AlarmBook second = open(); // the first one was never closed
    assertThat(second.active()).isEqualTo(first.active()).hasSize(1);
    assertThat(second.unsettled()).isEqualTo(raised);
    assertThat(see(second, Verdict.BEYOND)).isEmpty();
    second.settle(List.of(raised.get(0).id()));
    AlarmBook third = open();
    assertThat(third.active()).isEqualTo(first.active());
    assertThat(third.unsettled()).isEmpty();
    assertThat(see(third, Verdict.WITHIN))
        .extracting(AlarmEvent::id)
        .containsExactly(raised.get(0).alarm().occurrence() + "-cleared");
    assertThat(open().active()).isEmpty();
  }

  @Test
  void noTwoOccurrencesHaveOneName() throws IOException {
    AlarmBook book = open();
    for (int i = 0; i < 200; i++) {
      see(book, Verdict.BEYOND);
      see(book, Verdict.WITHIN);
    }
    assertThat(book.unsettled()).extracting(AlarmEvent::id).hasSize(400).doesNotHaveDuplicates();
  }

  @Test
  void aGarbledFileIsPutAside() throws IOException {
    see(open(), Verdict.BEYOND);
    for (String garbage : List.of("", "{", "{}", "{\"format\":1,\"active\":[{}]}", "\0\0\0")) {
      Files.writeString(file, garbage);
      AlarmBook book = open();
      assertThat(book.active()).isEmpty();
      assertThat(book.fault().orElseThrow()).contains("alarms.json was garbled");
      assertThat(folder.resolve("state/alarms.json.bad")).hasContent(garbage);
      assertThat(see(book, Verdict.BEYOND)).hasSize(1);
      assertThat(book.fault()).isEmpty();
    }
  }

  @Test
  void aDiskThatTakesNothingLosesNoAlarmAndIsTriedAgain() throws IOException {
    AlarmBook book = open();
    Path inTheWay = Files.createDirectory(folder.resolve("state/alarms.json.tmp"));
    Files.writeString(inTheWay.resolve("full"), "");
    assertThat(see(book, Verdict.BEYOND)).hasSize(1);
    assertThat(book.fault().orElseThrow()).contains("alarms.json cannot be written");
    assertThat(book.unsettled()).hasSize(1);
    assertThat(open().active()).isEmpty();
    Files.delete(inTheWay.resolve("full"));
    Files.delete(inTheWay);
    assertThat(see(book, Verdict.BEYOND)).isEmpty();
    assertThat(book.fault()).isEmpty();
    assertThat(open().active()).isEqualTo(book.active()).hasSize(1);
  }

  @Test
  void nobodyElseMayReadIt() throws IOException {
    see(open(), Verdict.BEYOND);
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    assertThat(Files.getPosixFilePermissions(folder.resolve("state"))).hasSize(3);
  }
}
