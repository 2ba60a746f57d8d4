package io.airbox.power.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
  @TempDir Path root;

  private void process(int pid, String name, long ticks, long pages) throws IOException {
    Path folder = Files.createDirectories(root.resolve("proc/" + pid));
    Files.writeString(
        folder.resolve("stat"),
        pid
            + " ("
            + name
            + ") S 1 2 3 0 -1 4194304 5 6 7 8 "
            + ticks
            + " 10 0 0 20 0 1 0 100 123456 "
            + pages
            + " 18446744073709551615 1 1 0\n");
  }

  @Test
  void theBusiestIsThatOfTheLastWhileAndNotOfAllTime() throws IOException {
    process(1, "systemd", 100_000, 10);
    process(42, "odd) name (x", 5, 2000);
    process(7, "java", 50, 1000);
    Processes processes = new Processes(root);
    processes.look(0);
    process(1, "systemd", 100_001, 10);
    process(7, "java", 90, 1000);
    assertThat(processes.name(Blame.BUSIEST, 5)).isEqualTo("java (pid 7)");
    assertThat(processes.name(Blame.LARGEST, 5)).isEqualTo("odd) name (x (pid 42)");
    assertThat(processes.name(Blame.NONE, 5)).isEmpty();
    processes.look(Duration.ofSeconds(31).toNanos());
    process(42, "odd) name (x", 20, 2000);
    assertThat(processes.name(Blame.BUSIEST, 6)).isEqualTo("odd) name (x (pid 42)");
  }

  @Test
  void garbageAndNothingNameNobody() throws IOException {
    assertThat(new Processes(root).name(Blame.BUSIEST, 0)).isEmpty();
    Files.createDirectories(root.resolve("proc/9"));
    Files.writeString(root.resolve("proc/9/stat"), "9 (x) garbage");
    assertThat(new Processes(root).name(Blame.LARGEST, 0)).isEmpty();
  }

  @Test
  void thisMachinesAreKnown() {
    assertThat(new Processes(Path.of("/")).name(Blame.LARGEST, 0)).matches(".+ \\(pid \\d+\\)");
  }
}
