package io.airbox.hwtests.ota;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code airbox} as a user types it, with its own DATA. */
record Cli(Path folder, Path data) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What came of it. */
  record Result(int exit, String out, String err) {
    Result done() {
      assertThat(exit).as("%s%s", out, err).isZero();
      return this;
    }

    Result refused(String words) {
      assertThat(exit).as("%s%s", out, err).isEqualTo(1);
      assertThat(err).contains(words);
      return this;
    }

    JsonNode json() throws IOException {
      return JSON.readTree(done().out());
    }
  }

  /** Runs a verb with {@code --data}. */
  Result airbox(Object... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Checkout.path("appliance-daemon/target/airbox/bin/airbox").toString());
    for (Object word : words) {
      command.add(word.toString());
    }
    command.addAll(List.of("--data", data.toString()));
    return run(command);
  }

  /** Runs a verb that knows no DATA. */
  Result plain(Object... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Checkout.path("appliance-daemon/target/airbox/bin/airbox").toString());
    for (Object word : words) {
      command.add(word.toString());
    }
    return run(command);
  }

  private Result run(List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "cli", ".out");
    Path err = Files.createTempFile(folder, "cli", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("AIRBOX_UPDATES_PLAIN_HTTP", "true");
    Process process = builder.start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    return new Result(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
