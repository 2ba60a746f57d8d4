package io.airbox.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.generation.engine.onnx.OnnxEngine;
import io.airbox.generation.fixture.Workplace;
import io.airbox.generation.image.Resampling;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.pack.PackManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The built-in pack, as it comes with the source. */
class ProbePackTest {
  private static OnnxEngine engine;
  private static DiffusionPipeline pipeline;
  private static PackManifest pack;

  @BeforeAll
  static void open() {
    engine = Workplace.engine();
    PackFolder packs = PackFolder.open(Workplace.MODELS);
    assertThat(packs.broken()).isEmpty();
    pipeline = new DiffusionPipeline(engine, packs, Workplace.options());
    pack = packs.defaultPack().manifest();
  }

  @AfterAll
  static void close() {
    pipeline.close();
    engine.close();
  }

  private static GenerationSettings settings(String prompt, long seed) {
    GenerationRequest request =
        new GenerationRequest(
            null, null, prompt, null, null, null, 8, null, null, null, seed, null, 1, null, null,
            false);
    return new RequestPlanner("onnx", new Random()).plan(pack, request).settings();
  }

  private static RgbImage image(String prompt, long seed) throws InterruptedException {
    return pipeline
        .make(settings(prompt, seed), null, false, GenerationListener.SILENT)
        .get(0)
        .image();
  }

  @Test
  void makesThePictureThatItPromises() throws Exception {
    PackSelfTest.Result result = PackSelfTest.run(pipeline, pack);
    assertThat(result.distance()).isLessThan(1);
    assertThat(result.passed()).isTrue();
  }

  @Test
  void repeatsAPictureExactlyAndChangesItWithTheSeed() throws Exception {
    RgbImage first = image("a red apple", 7);
    assertThat(image("a red apple", 7)).isEqualTo(first);
    assertThat(image("a red apple", 8)).isNotEqualTo(first);
  }

  @Test
  void showsPreviewsThatLookLikeThePicture() throws Exception {
    List<RgbImage> previews = new ArrayList<>();
    GenerationListener listener =
        new GenerationListener() {
          @Override
          public void step(int picture, int step, int steps, RgbImage preview) {
            previews.add(preview);
          }
        };
    RgbImage made =
        pipeline.make(settings("a yellow banana", 3), null, true, listener).get(0).image();
    RgbImage last = previews.get(previews.size() - 1);
    float[] expected = Resampling.boxAverage(made, last.width(), last.height());
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      sum += Math.abs(expected[i] - (last.rgb()[i] & 0xff));
    }
    assertThat(sum / expected.length).isLessThan(25);
  }

  @Test
  void keepsItsMemoryOverManyPictures() throws Exception {
    assertThat(growth(10, 15)).isLessThan(24 << 10);
  }

  @Test
  @Tag("long")
  void keepsItsMemoryOverTwoHundredPictures() throws Exception {
    assertThat(growth(20, 200)).isLessThan(24 << 10);
  }

  /** Growth of the resident memory in KiB after some pictures that warm up, heap collected. */
  private static long growth(int warmUp, int pictures) throws Exception {
    long before = 0;
    for (int i = 0; i < warmUp + pictures; i++) {
      image("a red apple number " + i % 20, i);
      if (i == warmUp) {
        before = residentOutsideHeap();
      }
    }
    return residentOutsideHeap() - before;
  }

  /** The heap may grow up to its limit; what matters here is what lies beside it. */
  private static long residentOutsideHeap() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""))
            - (Runtime.getRuntime().totalMemory() >> 10);
      }
    }
    throw new IllegalStateException("no VmRSS");
  }
}
