package io.airbox.power.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {
  @TempDir Path folder;

  @Test
  void aFailureLeavesTheFileBefore() throws IOException {
    Path file = folder.resolve("state");
    DurableFile.replace(file, new byte[] {1});
    DurableFile.replace(file, new byte[] {2});
    Files.createDirectory(folder.resolve("state.tmp"));
    assertThatThrownBy(() -> DurableFile.replace(file, new byte[] {3}))
        .isInstanceOf(IOException.class);
    assertThat(Files.readAllBytes(file)).containsExactly(2);
  }

  @Test
  void anInterruptedThreadWritesOnAndStaysInterrupted() throws IOException {
    Thread.currentThread().interrupt();
    DurableFile.replace(folder.resolve("state"), new byte[] {1});
    assertThat(Thread.interrupted()).isTrue();
    try (Stream<Path> each = Files.list(folder)) {
      assertThat(each).containsExactly(folder.resolve("state"));
    }
  }
}
