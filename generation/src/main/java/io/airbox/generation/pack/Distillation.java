package io.airbox.generation.pack;

import io.airbox.generation.pack.PackManifest.IntRange;
import io.airbox.generation.pack.PackManifest.Preset;
import io.airbox.generation.pack.PackManifest.Range;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a network was made to need fewer steps. Each way has its own useful range of steps and
 * guidance: outside it pictures are burnt or blurred.
 */
public enum Distillation {
  /** Not at all: 20 steps and real guidance. */
  NONE(
      preset("quality", "Quality", "高质量", SamplerKind.DPMPP_2M, Spacing.KARRAS)
          .steps(20, 10, 50)
          .cfg(7, 1, 15)
          .negative(true),
      preset("free", "Free", "自由", SamplerKind.EULER_ANCESTRAL, Spacing.UNIFORM)
          .steps(20, 10, 50)
          .cfg(7, 1, 15)
          .negative(true)),
  /** The LCM LoRA fused into a UNet: little guidance. */
  LCM_LORA(
      preset("fast", "Fast", "快速", SamplerKind.LCM, Spacing.LCM)
          .steps(4, 3, 10)
          .cfg(1, 1, 2)
          .negative(true)),
  /** A full latent consistency model: the UNet takes the guidance as an input. */
  LCM(
      preset("fast", "Fast", "快速", SamplerKind.LCM, Spacing.LCM)
          .steps(4, 1, 8)
          .cfg(8, 1, 14)
          .negative(false)),
  /** Hyper-SD. */
  HYPER(
      preset("fast", "Fast", "快速", SamplerKind.EULER, Spacing.SGM_UNIFORM)
          .steps(8, 1, 12)
          .cfg(1, 1, 2)
          .negative(true),
      preset("smooth", "Smooth", "平滑", SamplerKind.DDIM, Spacing.TRAILING)
          .steps(8, 1, 12)
          .cfg(1, 1, 2)
          .negative(true)),
  /** Lightning. */
  LIGHTNING(
      preset("fast", "Fast", "快速", SamplerKind.EULER, Spacing.SGM_UNIFORM)
          .steps(4, 2, 8)
          .cfg(1, 1, 2)
          .negative(true)),
  /** SD-Turbo: one to four steps, no guidance. */
  TURBO(
      preset("fast", "Fast", "快速", SamplerKind.EULER, Spacing.TRAILING)
          .steps(1, 1, 4)
          .cfg(1, 1, 1)
          .negative(false)),
  /** DMD2. */
  DMD2(
      preset("fast", "Fast", "快速", SamplerKind.LCM, Spacing.KARRAS)
          .steps(4, 4, 12)
          .cfg(1, 1, 1.5)
          .negative(true)),
  /** SDXS: one step. */
  SDXS(
      preset("fast", "Fast", "快速", SamplerKind.EULER, Spacing.TRAILING)
          .steps(1, 1, 1)
          .cfg(1, 1, 1)
          .negative(false));

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of immutable records
  private final List<Preset> presets;

  Distillation(Draft... drafts) {
    presets = Arrays.stream(drafts).map(Draft::finish).toList();
  }

  /** The name on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Presets for such a network; the first is the default. */
  public List<Preset> presets() {
    return presets;
  }

  private record Draft(
      String id,
      Map<String, String> title,
      SamplerKind sampler,
      Spacing spacing,
      IntRange steps,
      Range cfg,
      boolean negative) {
    Draft steps(int preferred, int min, int max) {
      IntRange range = new IntRange(preferred, min, max);
      return new Draft(id, title, sampler, spacing, range, cfg, negative);
    }

    Draft cfg(double preferred, double min, double max) {
      Range range = new Range(preferred, min, max);
      return new Draft(id, title, sampler, spacing, steps, range, negative);
    }

    Draft negative(boolean works) {
      return new Draft(id, title, sampler, spacing, steps, cfg, works);
    }

    Preset finish() {
      return new Preset(id, title, sampler, spacing, steps, cfg, negative);
    }
  }

  private static Draft preset(
      String id, String english, String chinese, SamplerKind sampler, Spacing spacing) {
    return new Draft(
        id,
        Map.of("en", english, "zh", chinese),
        sampler,
        spacing,
        new IntRange(1, 1, 1),
        new Range(1, 1, 1),
        true);
  }
}
