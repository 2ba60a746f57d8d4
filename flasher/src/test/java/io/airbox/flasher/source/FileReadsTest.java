package io.airbox.flasher.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileReadsTest {
  @TempDir Path folder;

  private Path file(int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return Files.write(folder.resolve("file-" + length), bytes);
  }

  @Test
  void everyLengthIsReadFromTheMediumAsThroughTheCache() throws IOException {
    FileReads reads = FileReads.fromMedium();
    for (int length : new int[] {0, 1, 511, 65_536, 1 << 20, (1 << 20) + 7, 2_500_000}) {
      Path file = file(length);
      try (InputStream in = reads.stream(file)) {
        assertThat(in.readAllBytes()).isEqualTo(Files.readAllBytes(file));
        assertThat(in.read()).isEqualTo(-1);
      }
    }
    assertThat(FileReads.cached().pastCache()).isFalse();
  }

  @Test
  void anyPlaceOfAnImageIsReadFromTheMedium() throws IOException {
    Path file = file(2_500_000);
    byte[] bytes = Files.readAllBytes(file);
    Random random = new Random(3);
    try (BlockReader blocks = FileReads.fromMedium().blocks(file)) {
      for (int i = 0; i < 200; i++) {
        int at = random.nextInt(bytes.length);
        int length = random.nextInt(Math.min(bytes.length - at, 200_000));
        byte[] read = new byte[length];
        blocks.read(at, read, 0, length);
        assertThat(read).isEqualTo(Arrays.copyOfRange(bytes, at, at + length));
      }
      assertThatThrownBy(() -> blocks.read(bytes.length - 1, new byte[2], 0, 2))
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  void aFileThatIsNotThereIsNoMatterOfTheCache() {
    assertThatThrownBy(() -> FileReads.fromMedium().stream(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aMediumThatCannotBePassedByIsReadThroughTheCacheAndSaysSo() throws IOException {
    FileReads reads = FileReads.fromMedium();
    // a file of the kernel's own, which has no other way
    try (InputStream in = reads.stream(Path.of("/proc/self/status"))) {
      assertThat(in.readAllBytes()).isNotEmpty();
    }
    assertThat(reads.pastCache()).isFalse();
  }
}
