package io.airbox.generation.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.memory.HeapMemory;
import io.airbox.generation.memory.MemoryPolicy;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.PackMemory;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
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
            EngineOptions.of(engine, List.of(MODELS), folder.resolve("cache"), 1),
            folder.resolve("run")));
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
  void packsAreLoadedAndUnloadedByOrder() throws Exception {
    String pack = ModelPack.open(MODELS.resolve("default")).manifest().name();
    try (EngineWorker worker = start("onnx")) {
      worker.load(pack, Duration.ofSeconds(30));
      MemoryReport loaded = worker.memory().orElseThrow();
      assertThat(loaded.engine()).isEqualTo("onnx");
      assertThat(loaded.packs())
          .singleElement()
          .returns(pack, PackMemory::name)
          .returns(200_000_000L, PackMemory::declaredBytes)
          .returns(OptionalLong.empty(), PackMemory::measuredBytes)
          .returns(false, PackMemory::running);
      HeapMemory ram = loaded.heaps().get(0);
      assertThat(ram.heap()).isEqualTo("ram");
      assertThat(ram.oursBytes()).isEqualTo(loaded.packs().get(0).bytes()).isPositive();
      assertThat(ram.totalBytes().orElseThrow())
          .isEqualTo(ram.usedBytes().orElseThrow() + ram.availableBytes().orElseThrow());
      worker.unload(pack, Duration.ofSeconds(30));
      assertThat(worker.memory().orElseThrow().packs()).isEmpty();
      assertThatThrownBy(() -> worker.pin("nowhere", true, Duration.ofSeconds(30)))
          .hasMessageContaining("there is no pack \"nowhere\"");
    }
  }

  @Test
  void aTpuThatIsNotThereIsSaid() {
    try (EngineWorker worker =
        EngineWorker.start(
            WorkerOptions.of(
                new EngineOptions(
                    "bm1684x",
                    List.of(MODELS),
                    folder.resolve("cache"),
                    1,
                    folder.resolve("no-box"),
                    null,
                    MemoryPolicy.DEFAULT),
                folder.resolve("run")))) {
      assertThatThrownBy(() -> worker.make(settings("x"), null, false, GenerationListener.SILENT))
          .hasMessageContaining("the engine bm1684x cannot be had: ")
          .hasMessageContaining(folder.resolve("no-box").toString())
          .extracting(failure -> ((GenerationException) failure).reason())
          .isEqualTo(Reason.ENGINE_FAULT);
      assertThat(worker.status().failure()).isEqualTo(Reason.ENGINE_FAULT);
    }
  }

  @Test
  void whatIsWrittenAsACommandLineIsReadAsTheSame() {
    EngineOptions options =
        new EngineOptions(
            "auto",
            List.of(Path.of("a b"), Path.of("c")),
            Path.of("cache"),
            3,
            Path.of("/box"),
            Path.of("/opt/tpu"),
            new MemoryPolicy(OptionalLong.of(2L << 30), 5));
    for (EngineOptions each :
        List.of(options, EngineOptions.of("onnx", List.of(), Path.of("c"), 0))) {
      List<String> line = new ArrayList<>(WorkerArguments.format(each));
      line.addAll(List.of("--socket", "s"));
      assertThat(WorkerArguments.parse(line.toArray(String[]::new)))
          .isEqualTo(new WorkerArguments(Path.of("s"), each));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--socket,--socket has no value",
    "--engine onnx,--socket is missing",
    "--socket s,--cache is missing",
    "--socket s --cache c --engine gpu,--engine gpu is unknown",
    "--socket s --cache c --threads x,--threads x is not a whole number",
    "--socket s --cache c --threads -1,--threads -1 is not within 0 and 2147483647",
    "--socket s --cache c --heap-limit 0,--heap-limit 0 is not within 1 and 9223372036854775807",
    "--socket s --cache c --headroom 64MB,--headroom 64MB is not a whole number",
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
