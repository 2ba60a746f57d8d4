package io.airbox.power.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.airbox.power.Unit;
import io.airbox.power.history.HistoryFiles;
import io.airbox.power.history.Minute;
import io.airbox.power.history.Series;
import io.airbox.power.history.Summary;
import io.airbox.power.outbox.Outbox;
import io.airbox.power.outbox.OutboxRecord;
import io.airbox.power.outbox.Priority;
import io.airbox.power.outbox.Taken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A process whose disk gets full while it writes to an outbox and a history, and has room again
 * later; fails when something that was promised is lost then, or nothing can be added any more.
 * Argument: a folder on a small disk of its own.
 */
public final class FullDiskProcess {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final long PLENTY = 16L << 20;

  private final Path folder;

  private FullDiskProcess(Path folder) {
    this.folder = folder;
  }

  public static void main(String... arguments) throws IOException {
    FullDiskProcess process = new FullDiskProcess(Path.of(arguments[0]));
    process.outbox();
    process.history();
  }

  /** Something else that takes most of the disk. */
  private Path ballast() throws IOException {
    return Files.write(
        folder.resolve("ballast"), new byte[(int) Files.getFileStore(folder).getUsableSpace() / 2]);
  }

  private static OutboxRecord record(int number) {
    return new OutboxRecord(
        "r" + number, Priority.MUST_ARRIVE, "test", NOON, new byte[100 + number % 50]);
  }

  private void outbox() throws IOException {
    Path ballast = ballast();
    List<String> promised = new ArrayList<>();
    Throwable full = null;
    try (Outbox outbox = Outbox.open(folder.resolve("outbox"), PLENTY, PLENTY)) {
      for (int i = 0; full == null; i++) {
        OutboxRecord record = record(i);
        full = catchThrowable(() -> outbox.add(record));
        if (full == null) {
          promised.add(record.id());
        }
      }
      assertThat(full).isInstanceOf(IOException.class).hasMessageContaining("No space left");
      assertThat(outbox.state().fault()).contains("No space left");
      assertThat(outbox.state().mustArrive()).isEqualTo(promised.size());
      assertThat(catchThrowable(() -> outbox.add(record(100_000)))).isInstanceOf(IOException.class);
      // what is there can be sent although nothing can be written
      List<Taken> sent = outbox.take(10);
      assertThat(sent).hasSize(10);
      outbox.giveBack();
      Files.delete(ballast);
      assertThat(outbox.add(record(100_001))).isTrue();
      assertThat(outbox.state().fault()).isEmpty();
      promised.add("r100001");
    }
    assertThat(promised).hasSizeGreaterThan(100);
    try (Outbox outbox = Outbox.open(folder.resolve("outbox"), PLENTY, PLENTY)) {
      List<String> there =
          outbox.take(1_000_000).stream().map(each -> each.content().id()).toList();
      assertThat(there).containsExactlyElementsOf(promised);
    }
  }

  private static Minute minute(int number) {
    return new Minute(
        NOON.plusSeconds(60L * number),
        Map.of(
            "reading." + number,
            new Series(Unit.CELSIUS, new Summary(number, number + 0.3, number + 1, 60))));
  }

  private void history() throws IOException {
    Path ballast = ballast();
    List<Instant> kept = new ArrayList<>();
    Throwable full = null;
    try (HistoryFiles history = HistoryFiles.open(folder.resolve("history"), PLENTY)) {
      for (int i = 0; full == null; i++) {
        Minute minute = minute(i);
        full = catchThrowable(() -> history.add(minute));
        if (full == null) {
          kept.add(minute.end());
        }
      }
      assertThat(full).isInstanceOf(IOException.class).hasMessageContaining("No space left");
      assertThat(ends(history)).containsExactlyElementsOf(kept);
      Files.delete(ballast);
      history.add(minute(100_000));
      kept.add(minute(100_000).end());
    }
    assertThat(kept).hasSizeGreaterThan(100);
    try (HistoryFiles history = HistoryFiles.open(folder.resolve("history"), PLENTY)) {
      assertThat(ends(history)).containsExactlyElementsOf(kept);
    }
  }

  private static List<Instant> ends(HistoryFiles history) throws IOException {
    return history.minutes(Instant.MIN, Instant.MAX).stream().map(Minute::end).toList();
  }
}
