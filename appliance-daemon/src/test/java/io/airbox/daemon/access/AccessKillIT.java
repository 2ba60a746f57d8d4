package io.airbox.daemon.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a real process in the middle of its writes, again and again. */
final class AccessKillIT {
  private static final int KILLS = 6;

  @TempDir private Path data;

  @Test
  void whatWasToldIsThereAfterAKill() throws Exception {
    Random random = new Random(1);
    List<String> told = new ArrayList<>();
    long entries = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      told.addAll(keysUntilKilled(1 + random.nextInt(40)));
      try (Access access =
          Access.open(
              data,
              AccessTest.cheap(),
              InstantSource.system(),
              new SecureRandom(),
              offer -> {
                throw new AssertionError("the box is free again");
              })) {
        assertThat(access.claimed()).isTrue();
        for (String secret : told) {
          assertThat(access.key(secret).actor().role()).isEqualTo(Role.USER);
        }
        List<AuditEntry> audit = access.audit().read(1000, null);
        for (int i = 1; i < audit.size(); i++) {
          assertThat(audit.get(i).number()).isEqualTo(audit.get(i - 1).number() - 1);
        }
        assertThat(audit.get(0).number())
            .isGreaterThanOrEqualTo(told.size())
            .isGreaterThan(entries);
        entries = audit.get(0).number();
      }
    }
    assertThat(told).hasSizeGreaterThanOrEqualTo(KILLS);
  }

  /** Runs a process until it has told of so many keys, and kills it while it makes more. */
  private List<String> keysUntilKilled(int count) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                KeyMaker.class.getName(),
                data.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> keys = new ArrayList<>();
    try (BufferedReader told =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      assertThat(told.readLine()).isEqualTo("claimed");
      while (keys.size() < count) {
        keys.add(told.readLine());
      }
      // by its handle, for the process itself would close its output
      process.toHandle().destroyForcibly();
      // what it said before it died counts too, but for half a line
      for (String line = told.readLine(); line != null; line = told.readLine()) {
        if (line.length() == keys.get(0).length()) {
          keys.add(line);
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    return keys;
  }
}
