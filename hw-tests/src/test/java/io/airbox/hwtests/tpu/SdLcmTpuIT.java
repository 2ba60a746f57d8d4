package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.airbox.hwtests.Checkout;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A tree of SD-lcm-tpu, compiled as its converter does it, imported by the command line and drawn
 * with on the vendor's simulator. Its networks have Stable Diffusion's borders and next to no
 * weights, so that a launch takes the simulator no time.
 */
final class SdLcmTpuIT {
  private static final Duration SIMULATED = Duration.ofMinutes(5);

  @TempDir private static Path folder;
  private static Simulator simulator;
  private static Path tree;

  @BeforeAll
  static void provide() throws IOException {
    var obstacle = Simulator.obstacle();
    assumeTrue(obstacle.isEmpty(), obstacle.orElse(""));
    simulator = Simulator.provide();
    Path recipe = Checkout.path("hw-tests/src/sd-lcm-tpu");
    Path make = recipe.resolve("make.py");
    Path compiled =
        CompiledFolder.provide(
            "a tree of SD-lcm-tpu",
            List.of(make, recipe.resolve("graphs.py")),
            out -> List.of("python3", make.toString(), out.toString()));
    tree = folder.resolve("SD-lcm-tpu");
    copy(compiled, tree);
    importPack("today", tree.resolve("models/basic/today"));
    String notes =
        importPack(
            "older",
            tree.resolve("models/basic/older"),
            "--vae",
            tree.resolve("models/basic/today").toString());
    assertThat(notes).contains("does not tell whether an LCM LoRA was fused");
    importPack("onnx", tree.resolve("onnx"), "--distillation", "lcm_lora");
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(from)) {
      files = walk.toList();
    }
    for (Path file : files) {
      Files.copy(file, to.resolve(from.relativize(file).toString()));
    }
  }

  private static String importPack(String name, Path source, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Checkout.path("appliance-daemon/target/airbox/bin/airbox").toString());
    command.addAll(List.of("models", "import", source.toString(), "--name", name));
    command.addAll(List.of("--licence", "MIT", "--models", packs().toString()));
    command.addAll(List.of("--data", folder.resolve("data").toString()));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertThat(process.waitFor()).as(output).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted during the import", e);
    }
    return output;
  }

  private static Path packs() {
    return folder.resolve("packs");
  }

  private static TpuBox box(String engine) throws IOException {
    Path libraries = simulator.withSeparateRuntimes(folder.resolve("libraries"));
    return new TpuBox(
        Files.createDirectories(folder.resolve("box-" + engine)),
        Map.of(
            "models.dirs", packs().toString(),
            "engine.kind", engine,
            "tpu.libraries", libraries.toString()),
        Map.of("LD_LIBRARY_PATH", simulator.libraries().toString()));
  }

  private static byte[] draw(TpuBox box, String pack, int width) {
    JsonObject request =
        new JsonObject()
            .put("prompt", "a red apple")
            .put("pack", pack)
            .put("seed", 7)
            .put("steps", 4)
            .put("cfg", 1.0)
            .put("width", width)
            .put("height", 64);
    return box.png(box.ended(box.submit(request), SIMULATED));
  }

  @Test
  void drawsOnTheSimulatorAsOnnxRuntimeDoesWithResidualsAtZeroAndWithout() throws IOException {
    byte[] expected;
    try (TpuBox box = box("onnx")) {
      expected = draw(box, "onnx", 64);
    }
    try (TpuBox box = box("bm1684x")) {
      byte[] residuals = draw(box, "today", 64);
      assertThat(Likeness.psnr(residuals, expected)).isGreaterThan(40);
      byte[] wide = draw(box, "today", 128);
      byte[] again = draw(box, "today", 64);
      assertThat(again).isEqualTo(residuals);
      assertThat(wide).isNotEqualTo(residuals);
      byte[] none = draw(box, "older", 64);
      assertThat(Likeness.psnr(none, residuals)).isGreaterThan(50);
    }
  }
}
