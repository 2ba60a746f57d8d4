package io.airbox.power.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.airbox.power.Unit;
import io.airbox.power.storage.CutSegments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFilesTest {
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

  /** Files of 128 bytes: a few minutes each. */
  private static final long SMALL = 2048;

  @TempDir Path folder;

  private static Minute minute(int number) {
    Map<String, Series> series = new HashMap<>();
    series.put("temperature.soc", series(Unit.CELSIUS, 40 + number, 41.25 + number, 42 + number));
    if (number % 2 == 1) {
      series.put("power.input", series(Unit.WATTS, 9, 9.5, 10.125));
    }
    return new Minute(START.plusSeconds(60L * number), series);
  }

  private static Series series(Unit unit, double least, double mean, double most) {
    return new Series(unit, new Summary(least, mean, most, 60));
  }

  private static List<Instant> ends(HistoryFiles history) throws IOException {
    return history.minutes(Instant.MIN, Instant.MAX).stream().map(Minute::end).toList();
  }

  @Test
  void whatWasAddedIsThereAfterTheNextStart() throws IOException {
    try (HistoryFiles history = HistoryFiles.open(folder, HistoryFiles.USUAL_BYTES)) {
      history.add(minute(0));
      history.add(minute(1));
    }
    try (HistoryFiles history = HistoryFiles.open(folder, HistoryFiles.USUAL_BYTES)) {
      history.add(minute(2));
      List<Minute> minutes = history.minutes(START, START.plusSeconds(120));
      assertThat(minutes).extracting(Minute::end).containsExactly(START, START.plusSeconds(60));
      Series soc = minutes.get(1).series().get("temperature.soc");
      assertThat(soc.unit()).isEqualTo(Unit.CELSIUS);
      assertThat(soc.summary().mean()).isCloseTo(42.25, within(1e-9));
      assertThat(soc.summary().least()).isCloseTo(41, within(1e-9));
      assertThat(soc.summary().most()).isCloseTo(43, within(1e-9));
      assertThat(soc.summary().count()).isEqualTo(60);
      assertThat(minutes.get(0).series()).doesNotContainKey("power.input");
      assertThat(ends(history)).hasSize(3);
    }
  }

  @Test
  void theOldestGoesAndTheSizeHolds() throws IOException {
    try (HistoryFiles history = HistoryFiles.open(folder, SMALL)) {
      for (int i = 0; i < 200; i++) {
        history.add(minute(i));
        assertThat(size(folder)).isLessThanOrEqualTo(SMALL);
      }
      List<Instant> ends = ends(history);
      assertThat(ends).isSorted().hasSizeGreaterThan(20).doesNotContain(START);
      assertThat(ends.get(ends.size() - 1)).isEqualTo(minute(199).end());
    }
  }

  private static long size(Path folder) throws IOException {
    long sum = 0;
    for (Path file : files(folder)) {
      sum += Files.size(file);
    }
    return sum;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> each = Files.list(folder)) {
      return each.sorted().toList();
    }
  }

  /** All minutes that were whole are there, and the next one finds its place. */
  @Test
  void whateverAPowerCutLeavesOfUnflushedStepsNoWholeMinuteIsLost() throws IOException {
    CutSegments disk = new CutSegments();
    int steps = 0;
    int disks = 0;
    try (HistoryFiles history = new HistoryFiles(disk, SMALL)) {
      for (int i = 0; i < 9; i++) {
        history.add(minute(i));
        for (; steps < disk.steps(); steps++) {
          disks += survives(disk.after(steps), i, i + 1);
        }
        disks += survives(disk.after(steps), i + 1, i + 1);
      }
    }
    assertThat(disk.numbers()).hasSizeGreaterThan(2);
    assertThat(disks).isGreaterThan(100);
  }

  private static int survives(List<CutSegments> disks, int least, int most) throws IOException {
    for (CutSegments disk : disks) {
      try (HistoryFiles history = new HistoryFiles(disk, SMALL)) {
        history.add(minute(100));
        List<Instant> ends = ends(history);
        assertThat(ends.size() - 1).isBetween(least, most);
        assertThat(ends.subList(0, ends.size() - 1))
            .isEqualTo(
                Stream.iterate(0, i -> i + 1)
                    .limit(ends.size() - 1)
                    .map(i -> minute(i).end())
                    .toList());
        assertThat(ends.get(ends.size() - 1)).isEqualTo(minute(100).end());
      }
    }
    return disks.size();
  }

  @Test
  void aBadByteCostsTheRestOfItsFileOnly() throws IOException {
    try (HistoryFiles history = HistoryFiles.open(folder, SMALL)) {
      for (int i = 0; i < 9; i++) {
        history.add(minute(i));
      }
    }
    Path first = files(folder).get(0);
    byte[] content = Files.readAllBytes(first);
    content[content.length - 5] ^= 1;
    Files.write(first, content);
    try (HistoryFiles history = HistoryFiles.open(folder, SMALL)) {
      assertThat(ends(history)).hasSize(8).contains(START).contains(minute(8).end());
    }
  }

  @Test
  void anInterruptedThreadWritesOnAndStaysInterrupted() throws IOException {
    Thread.currentThread().interrupt();
    try (HistoryFiles history = HistoryFiles.open(folder, SMALL)) {
      for (int i = 0; i < 5; i++) {
        history.add(minute(i));
      }
    }
    assertThat(Thread.interrupted()).isTrue();
    try (HistoryFiles history = HistoryFiles.open(folder, SMALL)) {
      assertThat(ends(history)).hasSize(5);
    }
  }

  @Test
  void aReadingOverATimeComesInAsManyPartsAsAreWanted() throws IOException {
    try (HistoryFiles history = HistoryFiles.open(folder, HistoryFiles.USUAL_BYTES)) {
      for (int i = 0; i < 4; i++) {
        history.add(minute(i));
      }
      List<Span> spans = history.spans("temperature.soc", START, START.plusSeconds(240), 2);
      assertThat(spans).extracting(Span::start).containsExactly(START, START.plusSeconds(120));
      assertThat(spans.get(0).length()).isEqualTo(Duration.ofMinutes(2));
      assertThat(spans.get(0).summary().least()).isCloseTo(40, within(1e-9));
      assertThat(spans.get(0).summary().mean()).isCloseTo(41.75, within(1e-9));
      assertThat(spans.get(0).summary().most()).isCloseTo(43, within(1e-9));
      assertThat(history.spans("no.such", START, START.plusSeconds(240), 2)).isEmpty();
      assertThatThrownBy(() -> history.spans("temperature.soc", START, START, 2))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void thirtyDaysOfFiftyReadingsFitIntoTheUsualBytes() {
    Random random = new Random(7);
    SegmentCodec codec = new SegmentCodec();
    long bytes = 0;
    int minutes = 2000;
    for (int i = 0; i < minutes; i++) {
      Map<String, Series> series = new HashMap<>();
      for (int j = 0; j < 50; j++) {
        Unit unit = Unit.values()[j % Unit.values().length];
        double mean = random.nextDouble() * typical(unit);
        series.put(
            "some." + unit.id() + "." + j,
            series(unit, mean * random.nextDouble(), mean, mean * (1 + random.nextDouble())));
      }
      bytes += codec.encode(new Minute(START.plusSeconds(60L * i), series)).length;
    }
    // a file of sixteen is being filled, and one was deleted for it
    assertThat(bytes / minutes * 30 * 24 * 60).isLessThan(HistoryFiles.USUAL_BYTES * 14 / 16);
  }

  private static double typical(Unit unit) {
    return switch (unit) {
      case CELSIUS, WATTS -> 90;
      case RATIO -> 1;
      case VOLTS, AMPERES, COUNT -> 12;
      case HERTZ -> 2.3e9;
      case RPM -> 5000;
      case BYTES -> 16e9;
      case BYTES_PER_SECOND -> 1e8;
      case SECONDS, JOULES -> 2e6;
    };
  }
}
