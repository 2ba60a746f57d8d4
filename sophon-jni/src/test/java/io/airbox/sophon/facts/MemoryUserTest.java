package io.airbox.sophon.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemoryUserTest {
  @TempDir private Path root;

  @Test
  void readsARecordedBox() {
    assertThat(MemoryUser.read(RecordedBox.airbox()))
        .containsExactly(
            new MemoryUser(1234, "/usr/lib/airbox/jre/bin/java", 1_835_008_000),
            new MemoryUser(77, "/opt/sophon/sophon-ffmpeg-latest/bin/ffmpeg", 4096));
  }

  @Test
  void addsUpWhatAProcessHasOfIonAndNothingElse() throws IOException {
    put("proc/9/cmdline", "");
    put("proc/9/fdinfo/3", "pos:\t0\nsize:\t100\ncount:\t1\nexp_name:\tion\n");
    put("proc/9/fdinfo/4", "pos:\t0\nsize:\t20\ncount:\t1\nexp_name:\tion\nname:\tweights\n");
    put("proc/9/fdinfo/5", "pos:\t0\nsize:\t7\ncount:\t1\nexp_name:\tdrm\n");
    put("proc/9/fdinfo/6", "pos:\t0\nflags:\t02\n");
    put("proc/9/fdinfo/7", "size:\t99999999999999999999\nexp_name:\tion\n");
    put("proc/self/fdinfo/3", "size:\t100\nexp_name:\tion\n");
    put("proc/10/fdinfo/3", "pos:\t0\n");
    assertThat(MemoryUser.read(root)).containsExactly(new MemoryUser(9, "?", 120));
  }

  @Test
  void knowsNobodyInAnEmptyTree() {
    assertThat(MemoryUser.read(root)).isEmpty();
  }

  private void put(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
