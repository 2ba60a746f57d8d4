package io.airbox.generation;

import io.airbox.generation.image.RgbImage;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks for. A null component means "as the preset says"; {@link RequestPlanner} turns
 * it into {@link GenerationSettings} or says what is wrong.
 *
 * @param pack name of a model pack
 * @param preset id of one of the pack's presets
 * @param prompt what to draw
 * @param negativePrompt what to avoid; works only where the preset runs a second pass
 * @param width picture width in pixels; with {@code height} one of the pack's sizes
 * @param height picture height in pixels
 * @param steps denoising steps
 * @param cfg classifier-free guidance scale; 1 or less is one pass
 * @param sampler name or alias of a {@link io.airbox.generation.sampling.SamplerKind}
 * @param spacing name of a {@link io.airbox.generation.sampling.Spacing}
 * @param seed 0…4294967294 for the first picture (the i-th gets seed + i); null or −1 draws one
 * @param noise where normal numbers come from: {@code torch-cpu} or {@code philox}
 * @param count number of pictures, 1…10
 * @param image picture to start from (img2img), any size, or null
 * @param strength how much of {@code image} to replace, 0…1
 * @param preview send latent previews while it runs
 */
public record GenerationRequest(
    @Nullable String pack,
    @Nullable String preset,
    String prompt,
    @Nullable String negativePrompt,
    @Nullable Integer width,
    @Nullable Integer height,
    @Nullable Integer steps,
    @Nullable Double cfg,
    @Nullable String sampler,
    @Nullable String spacing,
    @Nullable Long seed,
    @Nullable String noise,
    @Nullable Integer count,
    @Nullable RgbImage image,
    @Nullable Double strength,
    boolean preview) {

  /** A request for one picture with nothing but a prompt. */
  public static GenerationRequest of(String prompt) {
    return new GenerationRequest(
        null, null, prompt, null, null, null, null, null, null, null, null, null, null, null, null,
        false);
  }
}
