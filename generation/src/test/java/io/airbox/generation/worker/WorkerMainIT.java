package io.airbox.generation.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The worker as the daemon runs it, with the pack that comes with the program. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkerMainIT {
  private static final Path MODELS = Path.of(System.getProperty("airbox.root"), "models");

  @TempDir Path folder;

  private static GenerationSettings settings(String pack) {
    PackManifest manifest = ModelPack.open(MODELS.resolve("default")).manifest();
    return new GenerationSettings(
        pack,
        manifest.version(),
        manifest.presets().get(0).id(),
        "a red apple",
        "",
        manifest.sizes().get(0).width(),
        manifest.sizes().get(0).height(),
        4,
        3,
        SamplerKind.DDIM,
        Spacing.LEADING,
        7,
        NoiseKind.TORCH_CPU,
        1,
        null);
  }

  private EngineWorker start(String engine) {
    return EngineWorker.start(
        WorkerOptions.of(
            engine, List.of(MODELS), folder.resolve("cache"), 1, folder.resolve("run")));
  }

  @Test
  void makesTheSamePictureTwiceAndSaysWhatIsWrongInBetween() throws Exception {
    String pack = ModelPack.open(MODELS.resolve("default")).manifest().name();
    try (EngineWorker worker = start("auto")) {
      List<GeneratedPicture> first =
          worker.make(settings(pack), null, true, GenerationListener.SILENT);
      assertThatThrownBy(
              () -> worker.make(settings("nowhere"), null, false, GenerationListener.SILENT))
          .isInstanceOf(GenerationException.class)
          .extracting(failure -> ((GenerationException) failure).reason())
          .isEqualTo(Reason.UNKNOWN_PACK);
      List<GeneratedPicture> second =
          worker.make(settings(pack), null, false, GenerationListener.SILENT);
      assertThat(second.get(0).image()).isEqualTo(first.get(0).image());
      assertThat(worker.status())
          .returns("onnx", WorkerStatus::engine)
          .returns(0, WorkerStatus::restarts);
    }
    assertThat(folder.resolve("run")).isEmptyDirectory();
  }

  @Test
  void aTpuThatIsNotThereIsSaid() {
    try (EngineWorker worker = start("bm1684x")) {
      assertThatThrownBy(() -> worker.make(settings("x"), null, false, GenerationListener.SILENT))
          .isInstanceOf(GenerationException.class)
          .hasMessageContaining("/opt/sophon/libsophon-current");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--socket,--socket has no value",
    "--engine onnx,--socket is missing",
    "--socket s,--cache is missing",
    "--socket s --cache c --engine gpu,--engine gpu is unknown",
    "--socket s --cache c --threads x,--threads x is not a number",
    "--socket s --cache c --threads -1,--threads -1 is negative",
    "--sokcet s,unknown argument --sokcet",
  })
  void aWrongCommandLineIsSaidWithTheUsage(String line, String message) {
    assertThatThrownBy(() -> WorkerArguments.parse(line.split(" ")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("usage:");
  }

  @Test
  void withoutADaemonItEndsAndSaysSo() throws Exception {
    Path socket = folder.resolve("nobody.sock");
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName(),
                "--socket",
                socket.toString(),
                "--cache",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(Files.readString(output)).contains("cannot connect to " + socket);
  }
}
