package io.airbox.generation;

import io.airbox.generation.random.NoiseKind;
import io.airbox.generation.sampling.SamplerKind;
import io.airbox.generation.sampling.Spacing;
import org.jspecify.annotations.Nullable;

/**
 * What a picture is made with, every choice made. Written into the picture's metadata and
 * sufficient, with the pack, to make the same pixels again on the same engine (img2img also needs
 * its picture).
 *
 * @param pack pack name
 * @param packVersion pack version
 * @param preset preset id the defaults came from
 * @param prompt prompt
 * @param negativePrompt negative prompt, empty when none
 * @param width pixels
 * @param height pixels
 * @param steps denoising steps asked of the sampler
 * @param cfg guidance scale; 1 or less means one pass
 * @param sampler sampler
 * @param spacing timestep spacing
 * @param seed seed of the first picture, 0…4294967294
 * @param noise noise source
 * @param count pictures
 * @param strength img2img strength in 0…1, or null for txt2img
 */
public record GenerationSettings(
    String pack,
    String packVersion,
    String preset,
    String prompt,
    String negativePrompt,
    int width,
    int height,
    int steps,
    double cfg,
    SamplerKind sampler,
    Spacing spacing,
    long seed,
    NoiseKind noise,
    int count,
    @Nullable Double strength) {

  /** The settings of one of the pictures: its own seed, a count of 1. */
  public GenerationSettings forPicture(long pictureSeed) {
    return new GenerationSettings(
        pack,
        packVersion,
        preset,
        prompt,
        negativePrompt,
        width,
        height,
        steps,
        cfg,
        sampler,
        spacing,
        pictureSeed,
        noise,
        1,
        strength);
  }
}
