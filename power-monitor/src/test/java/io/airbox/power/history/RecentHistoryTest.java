package io.airbox.power.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class RecentHistoryTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private static Sample sample(int second, Instant at, double celsius) {
    return new Sample(
        at,
        Duration.ofSeconds(second).toNanos(),
        List.of(good("temperature.soc", celsius)),
        List.of());
  }

  private static Reading good(String id, double value) {
    return new Reading(
        id, Unit.CELSIUS, Quality.GOOD, OptionalDouble.of(value), Duration.ZERO, "file", "");
  }

  @Test
  void theLastSamplesAreThereAndNoMore() {
    RecentHistory history = new RecentHistory(4);
    for (int i = 0; i < 6; i++) {
      history.add(sample(i, NOON.plusSeconds(i), i));
    }
    List<Span> spans = history.last("temperature.soc", Duration.ofSeconds(10), 1);
    assertThat(spans).extracting(Span::summary).containsExactly(new Summary(2, 3.5, 5, 4));
    assertThat(history.last("temperature.soc", Duration.ofSeconds(2), 2))
        .extracting(span -> span.summary().mean())
        .containsExactly(4.0, 5.0);
    assertThat(history.last("temperature.none", Duration.ofSeconds(2), 2)).isEmpty();
    assertThat(history.ids()).containsExactly("temperature.soc");
  }

  @Test
  void aClockThatJumpsMovesNothing() {
    RecentHistory history = new RecentHistory(10);
    history.add(sample(0, Instant.EPOCH, 1));
    history.add(sample(60, NOON, 2));
    assertThat(history.last("temperature.soc", Duration.ofMinutes(2), 2))
        .extracting(span -> span.summary().mean())
        .containsExactly(1.0, 2.0);
  }

  @Test
  void whatWasNotGoodIsAGap() {
    RecentHistory history = new RecentHistory(2);
    history.add(sample(0, NOON, 1));
    Reading stale =
        new Reading(
            "temperature.soc",
            Unit.CELSIUS,
            Quality.STALE,
            OptionalDouble.of(1),
            Duration.ofSeconds(9),
            "file",
            "why");
    for (int i = 1; i < 3; i++) {
      history.add(
          new Sample(
              NOON.plusSeconds(i), Duration.ofSeconds(i).toNanos(), List.of(stale), List.of()));
    }
    assertThat(history.last("temperature.soc", Duration.ofMinutes(1), 5)).isEmpty();
  }

  @Test
  void aMinuteIsMadeOfItsSamplesWhateverTheClockSays() {
    MinuteCollector collector = new MinuteCollector(id -> id.startsWith("temperature."));
    assertThat(collector.add(sample(0, Instant.EPOCH, 10))).isEmpty();
    assertThat(collector.add(sample(59, Instant.EPOCH, 20))).isEmpty();
    Optional<Minute> first = collector.add(sample(60, NOON.plusMillis(7), 50));
    assertThat(first)
        .contains(
            new Minute(
                NOON,
                Map.of("temperature.soc", new Series(Unit.CELSIUS, new Summary(10, 15, 20, 2)))));
    // half an hour asleep is a gap
    Optional<Minute> second = collector.add(sample(1890, NOON, 60));
    assertThat(second.orElseThrow().series().get("temperature.soc").summary().mean()).isEqualTo(50);
    assertThat(collector.add(sample(1919, NOON, 61))).isEmpty();
    assertThat(collector.add(sample(1920, NOON, 62))).isPresent();
  }
}
