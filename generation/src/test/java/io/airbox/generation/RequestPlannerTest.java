package io.airbox.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.generation.fixture.Workplace;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.pack.Distillation;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.pack.PackManifest.EngineFiles;
import io.airbox.generation.pack.PackManifest.Guidance;
import io.airbox.generation.pack.PackManifest.GuidanceMode;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.PackFile;
import io.airbox.generation.pack.PackManifest.Role;
import io.airbox.generation.pack.PackManifest.Size;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPlannerTest {
  private final PackManifest probe = ModelPack.open(Workplace.MODELS.resolve("default")).manifest();
  private final PackManifest sd15 = sd15(GuidanceMode.CFG, Distillation.NONE);
  private final RequestPlanner planner = new RequestPlanner("onnx", new Random(1));

  private PackManifest sd15(GuidanceMode mode, Distillation distillation) {
    Map<Role, NetworkFile> roles = new LinkedHashMap<>();
    for (Role role : List.of(Role.TEXT_ENCODER, Role.UNET, Role.VAE_DECODER, Role.VAE_ENCODER)) {
      roles.put(role, new NetworkFile(new PackFile("x", "", 1), List.of(), 0));
    }
    return new PackManifest(
        "sd15",
        "1.0.0",
        "t",
        "",
        probe.licence(),
        probe.text(),
        probe.latent(),
        probe.schedule(),
        new Guidance(mode, 1),
        List.of(new Size(512, 512), new Size(512, 768), new Size(768, 512)),
        distillation.presets(),
        Map.of("onnx", new EngineFiles("", roles)),
        null,
        null);
  }

  /** A request under construction; every setter names a field. */
  private record Ask(
      String preset,
      String prompt,
      String negative,
      Integer width,
      Integer height,
      Integer steps,
      Double cfg,
      String sampler,
      String spacing,
      Long seed,
      String noise,
      Integer count,
      RgbImage image,
      Double strength) {
    static Ask of(String prompt) {
      return new Ask(
          null, prompt, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    Ask preset(String v) {
      return new Ask(
          v, prompt, negative, width, height, steps, cfg, sampler, spacing, seed, noise, count,
          image, strength);
    }

    Ask negative(String v) {
      return new Ask(
          preset, prompt, v, width, height, steps, cfg, sampler, spacing, seed, noise, count, image,
          strength);
    }

    Ask size(Integer w, Integer h) {
      return new Ask(
          preset, prompt, negative, w, h, steps, cfg, sampler, spacing, seed, noise, count, image,
          strength);
    }

    Ask steps(Integer v) {
      return new Ask(
          preset, prompt, negative, width, height, v, cfg, sampler, spacing, seed, noise, count,
          image, strength);
    }

    Ask cfg(Double v) {
      return new Ask(
          preset, prompt, negative, width, height, steps, v, sampler, spacing, seed, noise, count,
          image, strength);
    }

    Ask sampler(String v, String s) {
      return new Ask(
          preset, prompt, negative, width, height, steps, cfg, v, s, seed, noise, count, image,
          strength);
    }

    Ask seed(Long v) {
      return new Ask(
          preset, prompt, negative, width, height, steps, cfg, sampler, spacing, v, noise, count,
          image, strength);
    }

    Ask noise(String v) {
      return new Ask(
          preset, prompt, negative, width, height, steps, cfg, sampler, spacing, seed, v, count,
          image, strength);
    }

    Ask count(Integer v) {
      return new Ask(
          preset, prompt, negative, width, height, steps, cfg, sampler, spacing, seed, noise, v,
          image, strength);
    }

    Ask image(Double v) {
      return new Ask(
          preset,
          prompt,
          negative,
          width,
          height,
          steps,
          cfg,
          sampler,
          spacing,
          seed,
          noise,
          count,
          new RgbImage(1, 1, new byte[3]),
          v);
    }

    Ask strength(Double v) {
      return new Ask(
          preset, prompt, negative, width, height, steps, cfg, sampler, spacing, seed, noise, count,
          image, v);
    }

    GenerationRequest request() {
      return new GenerationRequest(
          null, preset, prompt, negative, width, height, steps, cfg, sampler, spacing, seed, noise,
          count, image, strength, false);
    }
  }

  private RequestPlanner.Plan plan(PackManifest pack, UnaryOperator<Ask> change) {
    return planner.plan(pack, change.apply(Ask.of("a red apple")).request());
  }

  private void refuses(PackManifest pack, UnaryOperator<Ask> change, String field, String message) {
    assertThatThrownBy(() -> plan(pack, change))
        .isInstanceOfSatisfying(
            GenerationException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(GenerationException.Reason.INVALID_REQUEST);
              assertThat(e.field()).isEqualTo(field);
            })
        .hasMessageContaining(message);
  }

  @Test
  void fillsEverythingFromTheDefaultPreset() {
    GenerationSettings settings = plan(probe, ask -> ask).settings();
    assertThat(settings.preset()).isEqualTo("quality");
    assertThat(settings.steps()).isEqualTo(20);
    assertThat(settings.cfg()).isEqualTo(3);
    assertThat(settings.sampler()).isEqualTo(SamplerKind.DDIM);
    assertThat(settings.width()).isEqualTo(96);
    assertThat(settings.seed()).isBetween(0L, RequestPlanner.LARGEST_SEED);
    assertThat(settings.strength()).isNull();
  }

  @Test
  void refusesUnknownNamesWithASuggestion() {
    refuses(
        probe,
        ask -> ask.preset("qualty"),
        "preset",
        "not one of quality, fast. Did you mean \"quality\"?");
    refuses(probe, ask -> ask.sampler("eulr", null), "sampler", "Did you mean \"euler\"?");
    refuses(probe, ask -> ask.sampler("ddim", "karas"), "spacing", "karras");
    refuses(probe, ask -> ask.sampler("ddim", "lcm"), "spacing", "does not work with spacing lcm");
    refuses(probe, ask -> ask.noise("torch"), "noise", "torch-cpu, philox");
  }

  @Test
  void refusesSizesThatThePackDoesNotHave() {
    refuses(
        sd15,
        ask -> ask.size(600, 900),
        "width",
        "size 600x900 is not one of 512x512, 512x768, 768x512; the nearest is 512x768");
    refuses(sd15, ask -> ask.size(512, 100), "height", "the nearest is 768x512");
    refuses(
        sd15,
        ask -> ask.size(512, null),
        "height",
        "width and height go together, but height is missing");
    refuses(sd15, ask -> ask.size(null, 512), "width", "width is missing");
    refuses(sd15, ask -> ask.size(-1, 0), "width", "is not one of");
    assertThat(plan(sd15, ask -> ask.size(768, 512)).settings().width()).isEqualTo(768);
  }

  @Test
  void movesStepsAndCfgIntoThePresetsRangeAndSaysSo() {
    RequestPlanner.Plan plan = plan(probe, ask -> ask.preset("fast").steps(20).cfg(7.0));
    assertThat(plan.settings().steps()).isEqualTo(12);
    assertThat(plan.settings().cfg()).isEqualTo(3);
    assertThat(plan.warnings())
        .containsExactly(
            "Steps were changed from 20 to 12: preset fast with sampler lcm takes 4…12.",
            "Cfg was changed from 7.0 to 3.0: preset fast takes 1.0…3.0.");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, -2147483648, 1001})
  void refusesNonsenseSteps(int steps) {
    refuses(
        probe,
        ask -> ask.steps(steps),
        "steps",
        "steps must be 8…50 for preset quality, is " + steps);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY, 1001})
  void refusesNonsenseCfg(double cfg) {
    refuses(probe, ask -> ask.cfg(cfg), "cfg", "cfg must be 1.0…7.0");
  }

  @ParameterizedTest
  @CsvSource({"0", "-3", "11", "2147483647"})
  void refusesNonsenseCounts(int count) {
    refuses(probe, ask -> ask.count(count), "count", "count must be 1…10, is " + count);
  }

  @Test
  void takesSeedsAndDrawsMissingOnes() {
    assertThat(plan(probe, ask -> ask.seed(RequestPlanner.LARGEST_SEED)).settings().seed())
        .isEqualTo(RequestPlanner.LARGEST_SEED);
    assertThat(plan(probe, ask -> ask.seed(-1L)).settings().seed()).isNotNegative();
    refuses(probe, ask -> ask.seed(-2L), "seed", "seed must be 0…4294967294");
    refuses(probe, ask -> ask.seed(RequestPlanner.LARGEST_SEED + 1), "seed", "or -1 to draw one");
  }

  @Test
  void choosesASpacingThatGoesWithTheSampler() {
    assertThat(plan(probe, ask -> ask.sampler("lcm", null)).settings().spacing())
        .isEqualTo(Spacing.LCM);
    assertThat(plan(probe, ask -> ask.sampler("Euler a", null)).settings().spacing())
        .isEqualTo(Spacing.LEADING);
    assertThat(plan(probe, ask -> ask.sampler("DPM++ 2M Karras", null)).settings().spacing())
        .isEqualTo(Spacing.KARRAS);
    assertThat(plan(probe, ask -> ask.sampler("euler", "sgm_uniform")).settings().spacing())
        .isEqualTo(Spacing.SGM_UNIFORM);
  }

  @Test
  void refusesPromptsThatAreNone() {
    for (String blank : List.of("", "  \n\t")) {
      assertThatThrownBy(() -> planner.plan(probe, GenerationRequest.of(blank)))
          .hasMessageContaining("the prompt is empty; say what to draw");
    }
    assertThatThrownBy(() -> planner.plan(probe, GenerationRequest.of("x".repeat(4001))))
        .hasMessageContaining("prompt has 4001 characters, at most 4000");
    assertThatThrownBy(() -> planner.plan(probe, GenerationRequest.of("a\0b")))
        .hasMessageContaining("prompt has U+0000 at position 1");
    assertThatThrownBy(() -> planner.plan(probe, GenerationRequest.of("a\ud800b")))
        .hasMessageContaining("U+D800");
    refuses(
        probe,
        ask -> ask.negative("x".repeat(5000)),
        "negative_prompt",
        "negative_prompt has 5000");
  }

  @Test
  void warnsWhereANegativePromptHasNoEffect() {
    RequestPlanner.Plan off = plan(probe, ask -> ask.negative("ugly").cfg(1.0));
    assertThat(off.settings().negativePrompt()).isEmpty();
    assertThat(off.warnings()).singleElement().asString().contains("has no effect at cfg 1.0");
    RequestPlanner.Plan never =
        plan(sd15(GuidanceMode.EMBEDDED, Distillation.LCM), ask -> ask.negative("ugly"));
    assertThat(never.warnings()).singleElement().asString().contains("preset fast cannot use one");
    assertThat(plan(probe, ask -> ask.negative("ugly")).warnings()).isEmpty();
    assertThat(plan(probe, ask -> ask.negative("ugly")).settings().negativePrompt())
        .isEqualTo("ugly");
  }

  @Test
  void warnsThatGuidanceHasNoEffectWhereThereIsNone() {
    RequestPlanner.Plan plan =
        plan(sd15(GuidanceMode.NONE, Distillation.TURBO), ask -> ask.cfg(7.0));
    assertThat(plan.settings().cfg()).isEqualTo(1);
    assertThat(plan.warnings()).singleElement().asString().contains("takes no guidance");
  }

  @Test
  void startsFromAPictureOnlyWithAnEncoder() {
    assertThat(plan(sd15, ask -> ask.image(null)).settings().strength()).isEqualTo(0.75);
    assertThat(plan(sd15, ask -> ask.image(0.3)).settings().strength()).isEqualTo(0.3);
    refuses(probe, ask -> ask.image(null), "image", "it has no vae_encoder");
    refuses(sd15, ask -> ask.strength(0.5), "strength", "there is no image");
    refuses(sd15, ask -> ask.image(1.5), "strength", "strength must be 0…1");
    refuses(sd15, ask -> ask.image(Double.NaN), "strength", "strength must be 0…1");
  }

  @Test
  void saysThatAPackHasNoFilesForTheEngine() {
    RequestPlanner tpu = new RequestPlanner("bm1684x", new Random(1));
    assertThatThrownBy(() -> tpu.plan(probe, GenerationRequest.of("x")))
        .hasMessageContaining("no files for engine bm1684x");
  }

  @Test
  void plansForTheFirstEngineThatThePackHasFilesFor() {
    GenerationRequest request = GenerationRequest.of("a cat");
    assertThat(
            new RequestPlanner(List.of("bm1684x", "onnx"), new Random(1))
                .plan(sd15, request)
                .settings()
                .pack())
        .isEqualTo("sd15");
    assertThatThrownBy(
            () -> new RequestPlanner(List.of("bm1684x", "gpu"), new Random(1)).plan(sd15, request))
        .hasMessage("pack sd15 has no files for engine bm1684x or gpu, only for onnx");
  }
}
