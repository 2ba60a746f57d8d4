package io.airbox.daemon.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditLogTest {
  private static final Caller CALLER = new Caller(Actor.owner(), "192.168.1.7", Channel.TLS);

  private final FakeTime time = new FakeTime();

  @TempDir private Path folder;

  private AuditLog open() {
    AccessOptions defaults = AccessOptions.DEFAULTS;
    return AuditLog.open(
        folder,
        new AccessOptions(
            defaults.claimCodeLife(),
            defaults.sessionIdle(),
            defaults.sessionLife(),
            defaults.sessions(),
            defaults.guestJobsPerMinute(),
            10_000,
            2,
            defaults.passphraseCost()),
        time,
        time);
  }

  private Path current() {
    return folder.resolve("audit.jsonl");
  }

  private static void record(AuditLog log, String target) {
    log.record(CALLER, "test.do", target, "old", "new", AuditLog.DONE);
  }

  @Test
  void writesOneObjectALine() throws IOException {
    try (AuditLog log = open()) {
      record(log, "one");
      log.record(CALLER, "test.do", null, null, null, AuditLog.DONE);
    }

    assertThat(Files.readAllLines(current()))
        .containsExactly(
            "{\"number\":1,\"time\":\"2026-11-23T12:00:00Z\",\"actor\":\"owner\","
                + "\"address\":\"192.168.1.7\",\"channel\":\"tls\",\"action\":\"test.do\","
                + "\"target\":\"one\",\"before\":\"old\",\"after\":\"new\",\"outcome\":\"done\"}",
            "{\"number\":2,\"time\":\"2026-11-23T12:00:00Z\",\"actor\":\"owner\","
                + "\"address\":\"192.168.1.7\",\"channel\":\"tls\",\"action\":\"test.do\","
                + "\"target\":null,\"before\":null,\"after\":null,\"outcome\":\"done\"}");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(current())))
        .isEqualTo("rw-------");
  }

  @Test
  void noTextBreaksOutOfItsLine() throws IOException {
    String hostile =
        "a\"}\n{\"number\":9}\r\u001b[31m\u007f\u0085\u2028\u202e\ud83d" + "x".repeat(9000);
    try (AuditLog log = open()) {
      log.record(
          new Caller(Actor.guest(hostile), hostile, Channel.LAN),
          hostile,
          hostile,
          hostile,
          hostile,
          hostile);
      assertThat(log.read(1, null).get(0).target()).startsWith("a\"}\n{").hasSize(512);
    }

    byte[] line = Files.readAllBytes(current());
    assertThat(line).hasSizeLessThan(10_000);
    for (int i = 0; i < line.length - 1; i++) {
      assertThat(line[i]).isBetween((byte) 0x20, (byte) 0x7e);
    }
    assertThat(new ObjectMapper().readTree(line).size()).isEqualTo(10);
  }

  @Test
  void numbersGoOnOverRestartsAndFiles() {
    List<Long> numbers = new ArrayList<>();
    for (int start = 0; start < 4; start++) {
      try (AuditLog log = open()) {
        for (int i = 0; i < 30; i++) {
          record(log, "entry");
        }
        numbers.add(log.read(1, null).get(0).number());
      }
    }

    assertThat(numbers).containsExactly(30L, 60L, 90L, 120L);
    assertThat(folder.resolve("audit.1.jsonl")).exists();
  }

  @Test
  void keepsTheNewestFilesOnly() throws IOException {
    try (AuditLog log = open()) {
      for (int i = 0; i < 400; i++) {
        record(log, "entry " + i);
      }
      List<AuditEntry> all = log.read(1000, null);

      assertThat(all.get(0).number()).isEqualTo(400);
      assertThat(all).extracting(AuditEntry::number).isSortedAccordingTo((a, b) -> b.compareTo(a));
      assertThat(all).hasSizeBetween(110, 200);
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("audit.jsonl", "audit.1.jsonl", "audit.2.jsonl");
    }
    assertThat(Files.size(folder.resolve("audit.1.jsonl"))).isLessThanOrEqualTo(10_000);
  }

  @Test
  void isReadInPages() {
    try (AuditLog log = open()) {
      for (int i = 1; i <= 120; i++) {
        record(log, "entry " + i);
      }
      List<AuditEntry> first = log.read(50, null);
      List<AuditEntry> second = log.read(50, first.get(49).number());

      assertThat(first.get(0).target()).isEqualTo("entry 120");
      assertThat(second.get(0).target()).isEqualTo("entry 70");
      assertThat(log.read(50, 1L)).isEmpty();
      assertThatThrownBy(() -> log.read(0, null)).hasMessageContaining("limit");
      assertThatThrownBy(() -> log.read(1, 0L)).hasMessageContaining("before");
    }
  }

  @Test
  void dropsATornLastLine() throws IOException {
    try (AuditLog log = open()) {
      record(log, "first");
      record(log, "second");
    }
    byte[] whole = Files.readAllBytes(current());
    int first = new String(whole, UTF_8).indexOf('\n') + 1;
    for (int length = first; length < whole.length; length += 23) {
      Files.write(current(), java.util.Arrays.copyOf(whole, length));
      try (AuditLog log = open()) {
        assertThat(log.read(10, null)).extracting(AuditEntry::target).containsExactly("first");
        record(log, "third");
        assertThat(log.read(10, null))
            .extracting(AuditEntry::number)
            .as("after %d bytes", length)
            .containsExactly(2L, 1L);
      }
    }
  }

  @Test
  void goesOnAfterDamage() throws IOException {
    try (AuditLog log = open()) {
      record(log, "first");
    }
    Files.writeString(current(), "no JSON\n{\"number\":7}\n", StandardOpenOption.APPEND);
    // blocks that were never written
    Files.write(current(), new byte[5000], StandardOpenOption.APPEND);
    try (AuditLog log = open()) {
      record(log, "second");
      assertThat(log.read(10, null))
          .extracting(AuditEntry::target)
          .containsExactly("second", "first");
    }
  }

  @Test
  void goesOnAfterACutInTheMiddleOfARotation() throws IOException {
    try (AuditLog log = open()) {
      for (int i = 0; i < 90; i++) {
        record(log, "entry");
      }
    }
    Files.move(folder.resolve("audit.1.jsonl"), folder.resolve("audit.2.jsonl"));
    Files.move(current(), folder.resolve("audit.1.jsonl"));
    try (AuditLog log = open()) {
      record(log, "next");
      assertThat(log.read(1000, null)).hasSize(91);
      assertThat(log.read(1, null).get(0).number()).isEqualTo(91);
    }
  }

  @Test
  void refusalsAreLimitedAndCounted() {
    try (AuditLog log = open()) {
      for (int i = 0; i < 100; i++) {
        log.refused(CALLER, "key.use", null, "INVALID_KEY");
      }
      time.pass(Duration.ofMinutes(1));
      log.refused(CALLER, "key.use", null, "INVALID_KEY");

      List<AuditEntry> entries = log.read(1000, null);
      assertThat(entries).hasSize(62);
      assertThat(entries.get(1).after()).isEqualTo("40 refusals");
    }
  }

  @Test
  void anInterruptStopsNothing() {
    try (AuditLog log = open()) {
      Thread.currentThread().interrupt();
      record(log, "first");
      assertThat(Thread.interrupted()).isTrue();
      record(log, "second");
      assertThat(log.read(10, null)).hasSize(2);
    }
  }
}
