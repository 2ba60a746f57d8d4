package io.airbox.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.generation.engine.bm1684x.Bm1684xEngine;
import io.airbox.generation.fixture.BModelFolder;
import io.airbox.generation.fixture.Workplace;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.sophon.FakeBmLib;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imported folders of SD-lcm-tpu through the whole pipeline, on a driver with books. */
class BModelPictureTest {
  private static final int STEPS = 4;
  private static final int TEXT_AND_DECODER = 2;

  /** A prompt's states, 77 rows of 768 floats, in whole pages. */
  private static final long STATES_BYTES = 58 * 4096;

  @TempDir Path models;
  private final FakeBmLib fake = BModelFolder.computing(new FakeBmLib());
  private final Bm1684xEngine engine = Bm1684xEngine.open(fake);
  private DiffusionPipeline pipeline;
  private long atStart;

  @BeforeEach
  void begin() {
    atStart = fake.used();
  }

  @AfterEach
  void everythingIsGivenBack() {
    pipeline.close();
    assertThat(fake.used()).isEqualTo(atStart);
    engine.close();
    fake.assertNothingIsHeld();
  }

  private ModelPack open(BModelFolder folder) throws IOException {
    ModelPack pack = folder.tokenizer().make();
    pipeline = new DiffusionPipeline(engine, PackFolder.open(models), Workplace.options());
    return pack;
  }

  private static GenerationSettings settings(ModelPack pack, Size size, double cfg, int count) {
    return settings(pack, size, cfg, count, null);
  }

  private static GenerationSettings settings(
      ModelPack pack, Size size, double cfg, int count, @Nullable RgbImage image) {
    GenerationRequest request =
        new GenerationRequest(
            pack.manifest().name(),
            null,
            "a red apple",
            "green",
            size.width(),
            size.height(),
            image == null ? STEPS : 8,
            cfg,
            null,
            null,
            7L,
            null,
            count,
            image,
            image == null ? null : 0.5,
            false);
    return new RequestPlanner("bm1684x", new Random(1)).plan(pack.manifest(), request).settings();
  }

  private RgbImage picture(GenerationSettings settings) throws InterruptedException {
    return pipeline.make(settings, null, false, GenerationListener.SILENT).get(0).image();
  }

  private static long memory(ModelPack pack, Role... roles) {
    return Stream.of(roles)
        .map(role -> pack.engine("bm1684x").roles().get(role))
        .mapToLong(NetworkFile::memory)
        .sum();
  }

  @Test
  void launchesOncePerStepAndUploadsStatesOncePerRequest() throws Exception {
    ModelPack pack = open(BModelFolder.current(models.resolve("current")));
    pipeline.load(pack.manifest().name());
    int writes = fake.writes();
    picture(settings(pack, BModelFolder.SMALL, 1, 1));
    assertThat(fake.launches()).isEqualTo(STEPS + TEXT_AND_DECODER);
    // ids, states, a latent for the decoder; sample and timestep of each step; no residual
    assertThat(fake.writes() - writes).isEqualTo(3 + 2 * STEPS);

    writes = fake.writes();
    int launches = fake.launches();
    pipeline.make(settings(pack, BModelFolder.SMALL, 1, 3), null, false, GenerationListener.SILENT);
    // the prompt's states are remembered
    assertThat(fake.launches() - launches).isEqualTo(3 * (STEPS + 1));
    assertThat(fake.writes() - writes).isEqualTo(1 + 3 * (1 + 2 * STEPS));
  }

  @Test
  void guidanceLaunchesTwicePerStepOrOncePerPair() throws Exception {
    ModelPack pack = open(BModelFolder.current(models.resolve("current")));
    RgbImage one = picture(settings(pack, BModelFolder.SMALL, 1.5, 1));
    assertThat(fake.launches()).isEqualTo(2 + 2 * STEPS + 1);
    pipeline.close();

    ModelPack pairs =
        open(
            BModelFolder.current(models.resolve("pairs"), "sd15-pairs")
                .unet(
                    "sdv15_unet_multisize.bmodel",
                    BModelFolder.FUSED,
                    true,
                    2,
                    BModelFolder.SMALL));
    int launches = fake.launches();
    assertThat(picture(settings(pairs, BModelFolder.SMALL, 1.5, 1))).isEqualTo(one);
    assertThat(fake.launches() - launches).isEqualTo(2 + STEPS + 1);
  }

  @Test
  void takesWhatTheManifestDeclaresAndAFewStatesThroughManyPictures() throws Exception {
    ModelPack pack = open(BModelFolder.current(models.resolve("current")));
    long declared = memory(pack, Role.TEXT_ENCODER, Role.UNET, Role.VAE_DECODER);
    for (int request = 0; request < 10; request++) {
      picture(settings(pack, request % 2 == 0 ? BModelFolder.SMALL : BModelFolder.WIDE, 1, 1));
      assertThat(fake.used() - atStart).isEqualTo(declared + Math.min(request, 3) * STATES_BYTES);
    }
    pipeline.unload(pack.manifest().name());
    assertThat(fake.used()).isEqualTo(atStart);
  }

  @Test
  void zeroedResidualsAreAsGoodAsNone() throws Exception {
    ModelPack with = open(BModelFolder.current(models.resolve("with")));
    RgbImage wide = picture(settings(with, BModelFolder.WIDE, 1, 1));
    RgbImage small = picture(settings(with, BModelFolder.SMALL, 1, 1));
    pipeline.close();

    ModelPack without =
        open(
            BModelFolder.current(models.resolve("without"), "sd15-without")
                .unet(
                    "sdv15_unet_multisize.bmodel",
                    BModelFolder.FUSED,
                    false,
                    1,
                    BModelFolder.SMALL,
                    BModelFolder.WIDE));
    assertThat(picture(settings(without, BModelFolder.WIDE, 1, 1))).isEqualTo(wide);
    assertThat(picture(settings(without, BModelFolder.SMALL, 1, 1))).isEqualTo(small);
    assertThat(memory(with, Role.UNET)).isGreaterThan(memory(without, Role.UNET));
  }

  @Test
  void startsFromAPictureWithTheEncoder() throws Exception {
    ModelPack pack = open(BModelFolder.current(models.resolve("current")));
    RgbImage start = picture(settings(pack, BModelFolder.WIDE, 1, 1));
    RgbImage made =
        pipeline
            .make(
                settings(pack, BModelFolder.SMALL, 1, 1, start),
                start,
                false,
                GenerationListener.SILENT)
            .get(0)
            .image();
    assertThat(made).isNotEqualTo(start);
    assertThat(fake.used() - atStart)
        .isEqualTo(
            memory(pack, Role.TEXT_ENCODER, Role.UNET, Role.VAE_DECODER, Role.VAE_ENCODER)
                + STATES_BYTES);
  }
}
