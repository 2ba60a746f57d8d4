package io.airbox.daemon.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataLockTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-23T10:00:00Z"));

  @TempDir Path folder;

  /** Takes the lock in a process of its own and keeps it until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String... arguments) throws Exception {
      try (DataLock lock = DataLock.acquire(Path.of(arguments[0]), CLOCK)) {
        System.out.println("held " + lock);
        System.in.read();
      } catch (DataLockedException busy) {
        System.out.println("busy " + busy.pid());
      }
    }
  }

  private Process holder() throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            folder.toString())
        .start();
  }

  @Test
  void aSecondProcessIsToldWhoHasTheFolderAndGetsItOnceTheFirstIsKilled() throws Exception {
    Process holder = holder();
    assertThat(holder.inputReader(StandardCharsets.UTF_8).readLine()).startsWith("held");
    assertThat(
            catchThrowableOfType(
                DataLockedException.class, () -> DataLock.acquire(folder, CLOCK).close()))
        .returns(holder.pid(), DataLockedException::pid)
        .hasMessageContaining("is in use by another airbox, pid " + holder.pid())
        .hasMessageContaining("since 2026-11-23T10:00:00Z");
    holder.destroyForcibly().waitFor();
    DataLock.acquire(folder, CLOCK).close();
  }

  @Test
  void aRefusalInThisProcessDoesNotGiveTheLockUp() throws Exception {
    try (DataLock lock = DataLock.acquire(folder, CLOCK)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(
              () -> DataLock.acquire(folder.resolve("../" + folder.getFileName()), CLOCK))
          .isInstanceOf(DataLockedException.class)
          .hasMessageContaining("already by this process");
      Process other = holder();
      assertThat(other.inputReader(StandardCharsets.UTF_8).readLine())
          .isEqualTo("busy " + ProcessHandle.current().pid());
    }
    DataLock.acquire(folder, CLOCK).close();
  }

  @Test
  void saysWhenTheFolderCannotBeMade() throws Exception {
    Path file = Files.createFile(folder.resolve("data"));
    assertThatThrownBy(() -> DataLock.acquire(file, CLOCK))
        .isInstanceOf(PictureStoreException.class)
        .hasMessageContaining(file + " cannot be made (a file is in the way)");
  }
}
