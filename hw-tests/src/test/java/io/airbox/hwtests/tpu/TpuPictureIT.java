package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.airbox.hwtests.wire.Request;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The built-in pack through libbmrt on the vendor's simulator of the chip, driven through the
 * daemon's API. A launch takes the simulator a quarter of a minute and more.
 */
final class TpuPictureIT {
  private static final Duration SIMULATED = Duration.ofMinutes(8);
  private static final String ONE = "one";
  private static final String TWO = "two";

  @TempDir private static Path folder;
  private static Simulator simulator;
  private static TpuPacks packs;
  private static Path libraries;

  @BeforeAll
  static void provide() throws IOException {
    var obstacle = Simulator.obstacle();
    assumeTrue(obstacle.isEmpty(), obstacle.orElse(""));
    simulator = Simulator.provide();
    packs = new TpuPacks(folder.resolve("packs"));
    packs.builtIn(ONE);
    packs.builtIn(TWO);
    libraries = simulator.withSeparateRuntimes(folder.resolve("libraries"));
  }

  private static TpuBox box(String data, Map<String, String> settings) throws IOException {
    Path dataFolder = Files.createDirectories(folder.resolve(data));
    Map<String, String> all = new HashMap<>(settings);
    all.put("models.dirs", packs.folder().toString());
    all.put("tpu.libraries", libraries.toString());
    return new TpuBox(
        dataFolder,
        all,
        Map.of(
            "LD_LIBRARY_PATH", simulator.libraries().toString(),
            "TPU_ABORT_ONCE", folder.resolve("abort-once").toString()));
  }

  @Test
  void makesTheOnnxEnginesPictureAlsoAfterAnAbortInALaunch() throws IOException {
    byte[] expected;
    try (TpuBox box = box("onnx", Map.of("engine.kind", "onnx"))) {
      expected = box.png(box.make(ONE));
    }
    try (TpuBox box = box("simulator", Map.of("engine.kind", "bm1684x"))) {
      Files.createFile(folder.resolve("abort-once"));
      JsonObject error = TpuBox.error(box.ended(box.submit(ONE), SIMULATED));
      assertThat(error.getString("code")).isEqualTo("WORKER_LOST");
      assertThat(error.getString("message")).contains("SIGABRT");
      assertThat(box.ask(Request.get("/healthz")).status()).isEqualTo(200);

      JsonObject job = box.ended(box.submit(ONE), SIMULATED);
      byte[] png = box.png(job);
      assertThat(Likeness.psnr(png, expected)).isGreaterThanOrEqualTo(30);
      assertThat(box.picture(job).getString("engine")).isEqualTo("bm1684x");
      assertThat(new String(png, StandardCharsets.ISO_8859_1)).contains("bm1684x");
    }
  }

  /**
   * The simulator tells no heaps: the ledger alone decides. Both packs have one text encoder and
   * one decoder, so that it is a second UNet that has no room.
   */
  @Test
  void evictsInTurnWhatDoesNotFitTogether() throws IOException {
    try (TpuBox box = box("turns", Map.of("engine.kind", "bm1684x", "memory.limit", "80MB"))) {
      for (int i = 0; i < 2; i++) {
        for (String pack : List.of(ONE, TWO)) {
          box.steer(pack, new JsonObject().put("loaded", true)).has(200);
          JsonObject tpu = box.await("tpu", now -> !now.getJsonArray("packs").isEmpty());
          assertThat(tpu.getJsonArray("packs")).as("%s", tpu).hasSize(1);
          JsonObject loaded = tpu.getJsonArray("packs").getJsonObject(0);
          assertThat(loaded.getString("name")).isEqualTo(pack);
          assertThat(loaded.getLong("bytes")).isBetween(50L << 20, 80L << 20);
        }
      }
      box.steer(TWO, new JsonObject().put("loaded", false)).has(200);
      JsonObject end = box.await("tpu", now -> now.getJsonArray("packs").isEmpty());
      assertThat(end.getLong("evictions")).isEqualTo(3);
    }
  }
}
