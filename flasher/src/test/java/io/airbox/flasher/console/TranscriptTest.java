package io.airbox.flasher.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.flasher.FlashException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranscriptTest {
  @TempDir Path root;

  private Instant now = Instant.parse("2026-11-23T16:00:00Z");

  private static void append(Transcript transcript, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    transcript.append(bytes, 0, bytes.length);
  }

  @Test
  void theBytesStayAsTheyCameAndTheirTimesStandBeside() throws IOException {
    Path folder;
    try (Transcript transcript = Transcript.create(root, () -> now)) {
      folder = transcript.folder();
      transcript.note("opened /dev/ttyUSB0");
      append(transcript, "U-Boot\r\n\u0000\u00FF\u001B[0m");
      now = now.plusSeconds(2);
      append(transcript, "short");
      now = now.plusSeconds(70);
      append(transcript, "x".repeat(100));
      append(transcript, "the same second");
      now = now.plusSeconds(1);
      append(transcript, "y");
      transcript.note("lost\nit");
      transcript.attach(Transcript.REPORT, "{}");
    }
    assertThat(folder.getFileName()).hasToString("20261123-160000");
    assertThat(Files.readString(folder.resolve("console.log"), StandardCharsets.ISO_8859_1))
        .isEqualTo("U-Boot\r\n\u0000\u00FF\u001B[0mshort" + "x".repeat(100) + "the same secondy");
    assertThat(Files.readAllLines(folder.resolve("console.times")))
        .containsExactly(
            "0 2026-11-23T16:00:00Z opened /dev/ttyUSB0",
            "19 2026-11-23T16:01:12Z",
            "134 2026-11-23T16:01:13Z",
            "135 2026-11-23T16:01:13Z lost it");
    assertThat(folder.resolve("report.json")).hasContent("{}");
    assertThat(folder.resolve("report.json.tmp")).doesNotExist();
  }

  @Test
  void ofAConsoleWithoutEndBeginningAndEndAreKept() throws IOException {
    try (Transcript transcript = Transcript.create(root, () -> now, 1000, 2000)) {
      for (int i = 0; i < 1000; i++) {
        append(transcript, String.format("%09d\n", i));
        now = now.plusMillis(100);
      }
      Path folder = transcript.folder();
      assertThat(Files.readString(folder.resolve("console.log"))).startsWith("000000000\n");
      assertThat(folder.resolve("console.log")).hasSize(1000);
      assertThat(
              Files.readString(folder.resolve("console.end.0.log"))
                  + Files.readString(folder.resolve("console.end.log")))
          .endsWith("000000998\n000000999\n")
          .hasSizeBetween(2001, 4000);
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(8000);
      }
      List<String> times = Files.readAllLines(folder.resolve("console.times"));
      assertThat(times.get(0)).startsWith("0 2026-11-23T16:00:00Z");
      assertThat(times.get(times.size() - 1)).matches("9\\d\\d\\d 2026-11-23T16:\\S+");
    }
  }

  @Test
  void twoOfTheSameSecondAreTwo() throws IOException {
    try (Transcript one = Transcript.create(root, () -> now);
        Transcript two = Transcript.create(root, () -> now)) {
      assertThat(two.folder()).isNotEqualTo(one.folder());
    }
  }

  @Test
  void oldOnesGoAndWhatIsInUseStays() throws IOException {
    Path inUse = null;
    for (int i = 0; i < 60; i++) {
      try (Transcript transcript = Transcript.create(root, () -> now)) {
        Instant old = i == 0 ? now.plus(Duration.ofDays(10)) : now;
        Files.setLastModifiedTime(transcript.console(), FileTime.from(old));
        inUse = i == 0 ? transcript.folder() : inUse;
      }
      now = now.plus(Duration.ofHours(2));
    }
    Files.createDirectory(root.resolve("something-else"));
    Transcript.create(root, () -> now).close();
    try (Stream<Path> folders = Files.list(root)) {
      assertThat(folders.toList())
          .hasSizeBetween(50, 53)
          .contains(inUse, root.resolve("something-else"));
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "");
    assertThatThrownBy(() -> Transcript.create(file, () -> now))
        .isInstanceOf(FlashException.class)
        .hasMessageContaining("no transcript can be kept in " + file);
  }
}
