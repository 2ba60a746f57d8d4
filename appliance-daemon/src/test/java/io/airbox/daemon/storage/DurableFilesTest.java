package io.airbox.daemon.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DurableFilesTest {
  @TempDir private Path folder;

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void replacesAFileAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("state.json");
    Files.writeString(folder.resolve("state.json.tmp"), "left by a crash");
    DurableFiles.replace(file, new byte[] {1});
    DurableFiles.replace(file, new byte[] {2, 3});

    assertThat(file).hasBinaryContent(new byte[] {2, 3});
    assertThat(permissions(file)).isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void anInterruptedThreadWritesOn() throws IOException {
    Path file = folder.resolve("state.json");
    Thread.currentThread().interrupt();
    DurableFiles.replace(file, new byte[] {1});

    assertThat(Thread.interrupted()).isTrue();
    assertThat(file).hasBinaryContent(new byte[] {1});
  }

  @Test
  void aFailureLeavesTheFileBefore() throws IOException {
    Path file = folder.resolve("state");
    Files.createDirectories(file.resolve("in the way"));

    assertThatThrownBy(() -> DurableFiles.replace(file, new byte[] {1}))
        .isInstanceOf(IOException.class);
    assertThat(file.resolve("in the way")).exists();
    assertThat(folder.resolve("state.tmp")).doesNotExist();
  }

  @Test
  void foldersArePrivate() throws IOException {
    Path deep = folder.resolve("a/b");
    DurableFiles.createFolder(deep);
    DurableFiles.createFolder(deep);

    assertThat(permissions(deep)).isEqualTo("rwx------");
    assertThat(permissions(folder.resolve("a"))).isEqualTo("rwx------");
  }
}
