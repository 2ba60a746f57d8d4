package io.airbox.generation.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.generation.engine.HeapState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MachineMemoryTest {
  @TempDir Path folder;

  @Test
  void countsWhatCanBeDroppedAsAvailable() throws IOException {
    Path file = folder.resolve("meminfo");
    Files.writeString(
        file,
        "MemTotal:       16000 kB\nMemFree:  1 kB\nMemAvailable:    6000 kB\nBuffers: 1 kB\n");
    assertThat(MachineMemory.state(file))
        .contains(new HeapState("ram", 16000L * 1024, 10000L * 1024, 6000L * 1024));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MemTotal: 16000 kB\n",
        "MemTotal: 16000 kB\nMemAvailable: 17000 kB\n",
        "MemTotal: many kB\nMemAvailable: 1 kB\n",
        "MemTotal: 99999999999999999999 kB\nMemAvailable: 1 kB\n"
      })
  void whatIsNotToldIsUnknown(String meminfo) throws IOException {
    Path file = folder.resolve("meminfo");
    Files.writeString(file, meminfo);
    assertThat(MachineMemory.state(file)).isEmpty();
    assertThat(MachineMemory.state(folder.resolve("missing"))).isEmpty();
  }
}
