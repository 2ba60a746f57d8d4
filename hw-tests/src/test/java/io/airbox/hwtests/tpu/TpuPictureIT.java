package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.airbox.hwtests.tpu.NativeProcess.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built-in pack through libbmrt on the vendor's simulator of the chip. */
final class TpuPictureIT {
  @Test
  void theWorkerMakesTheOnnxEnginesPictureAlsoAfterAnAbortInALaunch(@TempDir Path folder)
      throws IOException {
    var obstacle = Simulator.obstacle();
    assumeTrue(obstacle.isEmpty(), obstacle.orElse(""));
    Simulator simulator = Simulator.provide();

    Outcome outcome =
        NativeProcess.run(
            Map.of(
                "LD_LIBRARY_PATH",
                simulator.libraries().toString(),
                PictureOnSimulator.ABORT_ONCE,
                folder.resolve("abort-once").toString(),
                PictureOnSimulator.PACK,
                BuiltInBModels.provide().toString(),
                PictureOnSimulator.LIBRARIES,
                simulator.withSeparateRuntimes(folder.resolve("libraries")).toString()),
            PictureOnSimulator.class);

    assertThat(outcome.results())
        .as(outcome.lastLines())
        .containsExactly(new NativeProcess.Result("isTheOnnxEnginesPicture()", true, ""));
    assertThat(outcome.exitCode()).as(outcome.lastLines()).isZero();
  }
}
