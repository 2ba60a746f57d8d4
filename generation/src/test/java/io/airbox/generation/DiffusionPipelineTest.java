package io.airbox.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.generation.engine.Engines;
import io.airbox.generation.engine.onnx.OnnxEngine;
import io.airbox.generation.fixture.OnnxGraph.Type;
import io.airbox.generation.fixture.Sd15Networks.Fault;
import io.airbox.generation.fixture.Sd15Networks.Unet;
import io.airbox.generation.fixture.Sd15Pack;
import io.airbox.generation.fixture.Workplace;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.memory.MemoryPolicy;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.memory.PackMemory;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DiffusionPipelineTest {
  @TempDir Path models;
  private final OnnxEngine engine = Workplace.engine();
  private DiffusionPipeline pipeline;
  private ModelPack pack;

  @AfterEach
  void close() {
    if (pipeline != null) {
      pipeline.close();
    }
    engine.close();
  }

  private void open(Sd15Pack recipe) throws IOException {
    pack = recipe.make(engine);
    pipeline = new DiffusionPipeline(engine, PackFolder.open(models), Workplace.options());
  }

  private Sd15Pack recipe() {
    return new Sd15Pack(models.resolve("sd15"));
  }

  private GenerationSettings settings(GenerationRequest request) {
    return new RequestPlanner("onnx", new Random(1)).plan(pack.manifest(), request).settings();
  }

  /** The usual request: small steps, a seed, real guidance. */
  private GenerationSettings settings(int steps, double cfg, long seed) {
    GenerationSettings usual = settings(GenerationRequest.of("a red apple"));
    return with(usual, 512, 512, steps, cfg, usual.sampler(), usual.spacing(), seed, 1, null);
  }

  private static GenerationSettings with(
      GenerationSettings from,
      int width,
      int height,
      int steps,
      double cfg,
      SamplerKind sampler,
      Spacing spacing,
      long seed,
      int count,
      Double strength) {
    return new GenerationSettings(
        from.pack(),
        from.packVersion(),
        from.preset(),
        from.prompt(),
        from.negativePrompt(),
        width,
        height,
        steps,
        cfg,
        sampler,
        spacing,
        seed,
        NoiseKind.TORCH_CPU,
        count,
        strength);
  }

  private RgbImage image(GenerationSettings settings) throws InterruptedException {
    return pipeline.make(settings, null, false, GenerationListener.SILENT).get(0).image();
  }

  static Stream<Arguments> samplersAndSpacings() {
    return Stream.of(SamplerKind.values())
        .flatMap(kind -> kind.spacings().stream().map(spacing -> Arguments.of(kind, spacing)));
  }

  @Test
  void runsSd15ShapesThroughEverySamplerAndSpacingAtSquareAndPortrait() throws Exception {
    open(recipe());
    for (Arguments pair : samplersAndSpacings().toList()) {
      SamplerKind sampler = (SamplerKind) pair.get()[0];
      Spacing spacing = (Spacing) pair.get()[1];
      GenerationSettings usual = settings(GenerationRequest.of("a red apple"));
      for (int height : List.of(512, 768)) {
        RgbImage image = image(with(usual, 512, height, 2, 2, sampler, spacing, 7, 1, null));
        assertThat(image.width()).isEqualTo(512);
        assertThat(image.height()).isEqualTo(height);
        assertThat(image.isFlat(DiffusionPipeline.FLAT_LEVELS)).isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SamplerKind.class)
  void startsFromAPictureWithEverySampler(SamplerKind sampler) throws Exception {
    open(recipe());
    GenerationSettings usual = settings(GenerationRequest.of("a red apple"));
    GenerationSettings settings =
        with(usual, 512, 512, 4, 2, sampler, sampler.spacings().get(0), 7, 1, 0.5);
    RgbImage start = gradient(300, 200);
    RgbImage first =
        pipeline.make(settings, start, false, GenerationListener.SILENT).get(0).image();
    RgbImage again =
        pipeline.make(settings, start, false, GenerationListener.SILENT).get(0).image();
    RgbImage other =
        pipeline
            .make(settings, gradient(200, 300), false, GenerationListener.SILENT)
            .get(0)
            .image();
    assertThat(again).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
  }

  private static RgbImage gradient(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 255L / rgb.length);
    }
    return new RgbImage(width, height, rgb);
  }

  @Test
  void givesTheSamePixelsForTheSameSeedAndOthersForAnother() throws Exception {
    open(recipe());
    RgbImage first = image(settings(3, 3, 7));
    assertThat(image(settings(3, 3, 7))).isEqualTo(first);
    assertThat(image(settings(3, 3, 8))).isNotEqualTo(first);
  }

  @Test
  void makesEachPictureOfARequestFromItsOwnSeed() throws Exception {
    open(recipe());
    GenerationSettings usual = settings(2, 3, 7);
    GenerationSettings three =
        with(usual, 512, 512, 2, 3, usual.sampler(), usual.spacing(), 7, 3, null);
    List<GeneratedPicture> pictures = pipeline.make(three, null, false, GenerationListener.SILENT);
    assertThat(pictures)
        .extracting(picture -> picture.settings().seed())
        .containsExactly(7L, 8L, 9L);
    assertThat(pictures.get(2).image()).isEqualTo(image(settings(2, 3, 9)));
    assertThat(pictures.get(1).settings().count()).isEqualTo(1);
  }

  @Test
  void wrapsSeedsAfterTheLargest() throws Exception {
    open(recipe());
    GenerationSettings usual = settings(1, 1, RequestPlanner.LARGEST_SEED);
    GenerationSettings two =
        with(usual, 512, 512, 1, 1, usual.sampler(), usual.spacing(), usual.seed(), 2, null);
    assertThat(pipeline.make(two, null, false, GenerationListener.SILENT))
        .extracting(picture -> picture.settings().seed())
        .containsExactly(RequestPlanner.LARGEST_SEED, 0L);
  }

  @Test
  void agreesBetweenTwoPassesAndABatchOfTwo() throws Exception {
    open(recipe());
    RgbImage twoPasses = image(settings(3, 4, 7));
    pipeline.close();
    edit("/guidance", "batch", 2);
    RgbImage oneBatch = image(settings(3, 4, 7));
    assertThat(largestDifference(twoPasses, oneBatch)).isLessThanOrEqualTo(1);
  }

  @Test
  void usesAGraphThatTakesNothingButBatchesOfTwo() throws Exception {
    open(recipe());
    RgbImage guided = image(settings(3, 4, 7));
    RgbImage plain = image(settings(3, 1, 7));
    pipeline.close();
    deleteFolder(models.resolve("sd15"));
    open(recipe().unet(Unet.usual().withBatch(2)));
    assertThat(pack.manifest().guidance().batch()).isEqualTo(2);
    assertThat(largestDifference(guided, image(settings(3, 4, 7)))).isLessThanOrEqualTo(1);
    assertThat(largestDifference(plain, image(settings(3, 1, 7)))).isLessThanOrEqualTo(1);
  }

  @Test
  void takesATimestepWithoutAxes() throws Exception {
    open(recipe());
    RgbImage usual = image(settings(3, 4, 7));
    pipeline.close();
    deleteFolder(models.resolve("sd15"));
    open(recipe().unet(Unet.usual().withScalarTimestep()));
    assertThat(largestDifference(usual, image(settings(3, 4, 7)))).isLessThanOrEqualTo(1);
  }

  @Test
  void readsVPredictionFromTheScheduler() throws Exception {
    open(recipe());
    RgbImage epsilon = image(settings(3, 3, 7));
    pipeline.close();
    deleteFolder(models.resolve("sd15"));
    open(recipe().scheduler("{\"prediction_type\": \"v_prediction\"}"));
    assertThat(image(settings(3, 3, 7))).isNotEqualTo(epsilon);
  }

  @Test
  void givesEmbeddedGuidanceToAFullLcm() throws Exception {
    open(recipe().unet(Unet.usual().withEmbedding()));
    assertThat(pack.manifest().defaultPreset().sampler()).isEqualTo(SamplerKind.LCM);
    assertThat(image(settings(2, 8, 7))).isNotEqualTo(image(settings(2, 2, 7)));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "FLOAT"})
  void agreesWhateverTheElementTypeOfTheBorders(Type type) throws Exception {
    open(recipe());
    RgbImage expected = image(settings(2, 3, 7));
    pipeline.close();
    deleteFolder(models.resolve("sd15"));
    open(recipe().border(type).unet(Unet.usual().withBorder(type, Type.FLOAT)));
    assertThat(largestDifference(expected, image(settings(2, 3, 7)))).isLessThanOrEqualTo(16);
  }

  @Test
  void namesStageAndStepWhenTheUnetGivesNoNumbers() throws Exception {
    open(recipe().unet(Unet.usual().withFault(Fault.NAN_BELOW_500)));
    GenerationSettings usual = settings(4, 2, 7);
    GenerationSettings trailing =
        with(usual, 512, 512, 4, 2, SamplerKind.DDIM, Spacing.TRAILING, 7, 1, null);
    assertThatThrownBy(() -> image(trailing))
        .isInstanceOfSatisfying(
            GenerationException.class,
            e -> assertThat(e.reason()).isEqualTo(GenerationException.Reason.ENGINE_FAULT))
        .hasMessageContaining("UNet's output in step 3 of 4")
        .hasMessageContaining("sd15-test");
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(Fault.NAN, Fault.NONE, Fault.NONE, "the text encoder's output"),
        Arguments.of(Fault.NONE, Fault.NAN, Fault.NONE, "the VAE decoder's output"),
        Arguments.of(Fault.NONE, Fault.FLAT, Fault.NONE, "one flat colour"),
        Arguments.of(Fault.NONE, Fault.NONE, Fault.NAN, "the VAE encoder's output"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void namesTheStageThatFails(Fault text, Fault decoder, Fault encoder, String stage)
      throws Exception {
    open(recipe().faults(text, decoder, encoder));
    GenerationSettings usual = settings(2, 1, 7);
    GenerationSettings fromPicture =
        with(usual, 512, 512, 2, 1, usual.sampler(), usual.spacing(), 7, 1, 0.5);
    assertThatThrownBy(
            () -> pipeline.make(fromPicture, gradient(64, 64), false, GenerationListener.SILENT))
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining(stage);
  }

  @Test
  void stopsWithinAStepWhenInterruptedAndServesTheNextRequest() throws Exception {
    open(recipe());
    List<Integer> steps = new ArrayList<>();
    GenerationListener interrupting =
        new GenerationListener() {
          @Override
          public void step(int picture, int step, int of, RgbImage preview) {
            steps.add(step);
            if (step == 2) {
              Thread.currentThread().interrupt();
            }
          }
        };
    assertThatThrownBy(() -> pipeline.make(settings(10, 3, 7), null, false, interrupting))
        .isInstanceOf(InterruptedException.class);
    assertThat(steps).containsExactly(1, 2);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(image(settings(2, 3, 7))).isNotNull();
  }

  @Test
  void tellsStagesStepsAndPreviewsInOrder() throws Exception {
    open(recipe());
    List<String> told = new ArrayList<>();
    GenerationListener listener =
        new GenerationListener() {
          @Override
          public void stage(int picture, Stage stage) {
            told.add(picture + " " + stage);
          }

          @Override
          public void step(int picture, int step, int steps, RgbImage preview) {
            told.add(picture + " " + step + "/" + steps + " " + preview);
          }

          @Override
          public void picture(int index, GeneratedPicture picture) {
            told.add(index + " done");
          }
        };
    List<GeneratedPicture> pictures = pipeline.make(settings(2, 3, 7), null, true, listener);
    assertThat(told)
        .containsExactly(
            "0 LOADING",
            "0 TEXT",
            "0 DENOISING",
            "0 1/2 RgbImage[64×64]",
            "0 2/2 RgbImage[64×64]",
            "0 DECODING",
            "0 done");
    GeneratedPicture.Timings timings = pictures.get(0).timings();
    assertThat(timings.steps()).isEqualTo(2);
    assertThat(timings.network()).isPositive().isLessThanOrEqualTo(timings.total());
    assertThat(timings.text() + timings.denoise() + timings.decode())
        .isLessThanOrEqualTo(timings.total());
  }

  @Test
  void refusesAFileThatChangedAndNamesIt() throws Exception {
    open(recipe());
    Path decoder = models.resolve("sd15/vae_decoder/model.onnx");
    byte[] bytes = Files.readAllBytes(decoder);
    bytes[bytes.length / 2] ^= 1;
    Files.write(decoder, bytes);
    assertThatThrownBy(() -> image(settings(2, 3, 7)))
        .isInstanceOfSatisfying(
            GenerationException.class,
            e -> assertThat(e.reason()).isEqualTo(GenerationException.Reason.INVALID_PACK))
        .hasMessageContaining("/engines/onnx/roles/vae_decoder/sha256")
        .hasMessageContaining("vae_decoder/model.onnx is damaged or was exchanged");
  }

  @Test
  void saysWhichNetworkDoesNotFitItsManifest() throws Exception {
    open(recipe());
    edit("/text", "length", 70);
    assertThatThrownBy(() -> image(settings(2, 3, 7)))
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining("text_encoder (text_encoder/model.onnx) of pack sd15-test")
        .hasMessageContaining("[1, 77], needed is [1, 70]");
  }

  @Test
  void takesLongPromptsInSeveralChunksAndSaysWhereItCut() throws Exception {
    open(recipe());
    String three = "a red apple on a wooden table, ".repeat(30);
    GenerationSettings settings =
        settings(
            new GenerationRequest(
                null, null, three, "ugly", 512, 512, 10, 3.0, null, null, 7L, null, 1, null, null,
                false));
    GeneratedPicture picture =
        pipeline.make(settings, null, false, GenerationListener.SILENT).get(0);
    assertThat(picture.warnings()).hasSize(1);
    assertThat(picture.warnings().get(0))
        .startsWith("The prompt is longer than the 225 tokens")
        .contains("cut after \"…");
  }

  @Test
  void followsAPackThatWasExchanged() throws Exception {
    open(recipe());
    GeneratedPicture before =
        pipeline.make(settings(2, 3, 7), null, false, GenerationListener.SILENT).get(0);
    edit("/latent", "scale", 0.25);
    GeneratedPicture after =
        pipeline.make(settings(2, 3, 7), null, false, GenerationListener.SILENT).get(0);
    assertThat(after.packDigest()).isNotEqualTo(before.packDigest());
    assertThat(after.image()).isNotEqualTo(before.image());
  }

  /** Changes a value of the manifest and opens the pack again. */
  @Test
  void packsThatDoNotFitTogetherTakeTurnsAndNoneFails() throws Exception {
    pack = recipe().make(engine);
    ModelPack probe =
        ModelPack.open(Path.of(System.getProperty("airbox.root"), "models", "default"));
    long limit =
        probe.manifest().engines().get("onnx").roles().values().stream()
            .mapToLong(PackManifest.NetworkFile::memory)
            .sum();
    pipeline =
        new DiffusionPipeline(
            engine,
            PackFolder.open(models, probe.folder().getParent()),
            new DiffusionPipeline.Options(
                Workplace.options().nativeFolder(),
                Workplace.options().verifier(),
                new MemoryPolicy(OptionalLong.of(limit), 0),
                InstantSource.system()));
    GenerationSettings ours = settings(1, 1, 7);
    GenerationSettings theirs =
        new RequestPlanner("onnx", new Random(1))
            .plan(probe.manifest(), GenerationRequest.of("a red apple"))
            .settings();
    theirs = with(theirs, 96, 96, 1, 1, theirs.sampler(), theirs.spacing(), 7, 1, null);
    RgbImage first = image(ours);
    for (int i = 0; i < 2; i++) {
      image(theirs);
      assertThat(pipeline.memory().packs())
          .singleElement()
          .returns(probe.manifest().name(), PackMemory::name)
          .returns(probe.digest(), PackMemory::digest)
          .returns("onnx", PackMemory::engine);
      assertThat(image(ours)).isEqualTo(first);
    }
    assertThat(pipeline.memory())
        .returns(4L, MemoryReport::evictions)
        .returns(0L, MemoryReport::refusals);
    pipeline.pin(probe.manifest().name(), true);
    assertThatThrownBy(() -> image(ours))
        .hasMessageContaining("pack sd15-test needs")
        .hasMessageContaining("airbox-emoji (pinned)");
    pipeline.unload(probe.manifest().name());
    assertThat(pipeline.memory().packs()).isEmpty();
    assertThat(pipeline.memory().heaps().get(0).oursBytes()).isZero();
  }

  @Test
  void anEngineIsOpenedWhenAPackIsThereForItAndThePictureSaysWhich() throws Exception {
    pack = recipe().make(engine);
    Engines engines =
        new Engines(
            List.of(
                new Engines.Source(
                    "bm1684x",
                    () -> {
                      throw new AssertionError("no pack is there for it");
                    }),
                new Engines.Source("onnx", () -> engine)));
    pipeline = new DiffusionPipeline(engines, PackFolder.open(models), Workplace.options());
    assertThat(
            pipeline
                .make(settings(1, 1, 7), null, false, GenerationListener.SILENT)
                .get(0)
                .engine())
        .isEqualTo("onnx");
    assertThat(engines.opened()).containsExactly(engine);
  }

  @Test
  void ordersForPacksThatAreNotThereAreRefused() throws Exception {
    open(recipe());
    assertThatThrownBy(() -> pipeline.unload("nowhere"))
        .hasMessageContaining("there is no pack \"nowhere\"");
    assertThatThrownBy(() -> pipeline.pin("nowhere", false))
        .hasMessageContaining("there is no pack \"nowhere\"");
    pipeline.unload("sd15-test");
    pipeline.pin("sd15-test", false);
    assertThat(pipeline.memory().packs()).isEmpty();
    pipeline.pin("sd15-test", true);
    assertThat(pipeline.memory().packs()).singleElement().returns(true, PackMemory::pinned);
    assertThat(pipeline.retirement()).isEmpty();
  }

  private void edit(String pointer, String key, double value) throws IOException {
    Path file = pack.folder().resolve(ModelPack.MANIFEST);
    JsonMapper mapper = new JsonMapper();
    ObjectNode root = (ObjectNode) mapper.readTree(file.toFile());
    ObjectNode node = (ObjectNode) root.at(pointer);
    if (value == Math.rint(value)) {
      node.put(key, (int) value);
    } else {
      node.put(key, value);
    }
    mapper.writeValue(file.toFile(), root);
    pack = ModelPack.open(pack.folder());
    if (pipeline != null) {
      pipeline.close();
    }
    pipeline = new DiffusionPipeline(engine, PackFolder.open(models), Workplace.options());
  }

  private static void deleteFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  private static int largestDifference(RgbImage one, RgbImage other) {
    int largest = 0;
    for (int i = 0; i < one.rgb().length; i++) {
      largest = Math.max(largest, Math.abs((one.rgb()[i] & 0xff) - (other.rgb()[i] & 0xff)));
    }
    return largest;
  }
}
