package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import io.airbox.generation.worker.EngineWorker;
import io.airbox.generation.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs in the child process of {@link TpuPictureIT}: its workers inherit the loader's path. A
 * launch of the UNet takes the simulator a quarter of a minute and more.
 */
final class PictureOnSimulator {
  static final String ABORT_ONCE = "TPU_ABORT_ONCE";
  static final String PACK = "TPU_PACK";
  static final String LIBRARIES = "TPU_LIBRARIES";

  /** The two engines' rounding alone costs less than a tenth of this in error. */
  private static final double LEAST_DECIBEL = 30;

  private final Path pack = Path.of(System.getenv(PACK));

  @TempDir private Path folder;

  @Test
  void isTheOnnxEnginesPicture() throws IOException, InterruptedException {
    Path packs = folder.resolve("packs");
    Path copy = Files.createDirectories(packs.resolve("built-in"));
    try (Stream<Path> files = Files.list(pack)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    GeneratedPicture expected;
    try (EngineWorker onnx = worker("onnx", packs, List.of())) {
      expected = make(onnx);
    }
    try (EngineWorker tpu =
        worker("bm1684x", packs, List.of("--tpu-libraries", System.getenv(LIBRARIES)))) {
      Files.createFile(Path.of(System.getenv(ABORT_ONCE)));
      assertThatThrownBy(() -> make(tpu))
          .isInstanceOf(GenerationException.class)
          .hasMessageContaining("SIGABRT")
          .extracting(failure -> ((GenerationException) failure).reason())
          .isEqualTo(Reason.WORKER_LOST);

      GeneratedPicture made = make(tpu);

      assertThat(made.engine()).isEqualTo("bm1684x");
      assertThat(tpu.status().restarts()).isEqualTo(1);
      assertThat(decibel(made.image(), expected.image())).isGreaterThanOrEqualTo(LEAST_DECIBEL);
    }
  }

  private EngineWorker worker(String engine, Path packs, List<String> more) {
    WorkerOptions usual =
        WorkerOptions.of(
            engine, List.of(packs), folder.resolve("cache"), 1, folder.resolve("run-" + engine));
    List<String> arguments = new ArrayList<>(usual.arguments());
    arguments.addAll(more);
    return EngineWorker.start(
        new WorkerOptions(
            usual.mainClass(),
            arguments,
            usual.jvmOptions(),
            usual.runFolder(),
            usual.startTimeout(),
            usual.cancelTimeout(),
            usual.heartbeat(),
            usual.heartbeatTimeout(),
            usual.firstBackOff(),
            usual.maxBackOff()));
  }

  private GeneratedPicture make(EngineWorker worker) throws InterruptedException {
    PackManifest manifest = ModelPack.open(pack).manifest();
    PackManifest.Size size = manifest.defaultSize();
    GenerationSettings settings =
        new GenerationSettings(
            manifest.name(),
            manifest.version(),
            manifest.defaultPreset().id(),
            "a red apple",
            "",
            size.width(),
            size.height(),
            2,
            1,
            SamplerKind.DDIM,
            Spacing.LEADING,
            7,
            NoiseKind.TORCH_CPU,
            1,
            null);
    return worker.make(settings, null, false, GenerationListener.SILENT).get(0);
  }

  /** Peak signal-to-noise ratio over all channels. */
  private static double decibel(RgbImage one, RgbImage other) {
    assertThat(one.rgb()).hasSameSizeAs(other.rgb());
    double sum = 0;
    for (int i = 0; i < one.rgb().length; i++) {
      int difference = (one.rgb()[i] & 255) - (other.rgb()[i] & 255);
      sum += difference * difference;
    }
    return 10 * Math.log10(255.0 * 255.0 * one.rgb().length / sum);
  }
}
