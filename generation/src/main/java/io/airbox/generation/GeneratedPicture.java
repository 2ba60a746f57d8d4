package io.airbox.generation;

import io.airbox.generation.image.RgbImage;
import java.util.List;
import java.util.stream.Stream;

/**
 * A finished picture with the honest account of how it was made.
 *
 * @param image pixels
 * @param settings what was really used; {@code seed} is this picture's own, {@code count} is 1
 * @param engine {@code onnx} or {@code bm1684x}
 * @param packDigest SHA-256 of the pack's manifest, hex
 * @param warnings sentences for the person who asked: clamped, ignored, cut
 * @param timings where the time went
 */
public record GeneratedPicture(
    RgbImage image,
    GenerationSettings settings,
    String engine,
    String packDigest,
    List<String> warnings,
    Timings timings) {

  /** The same picture, with warnings of an earlier stage put in front of its own. */
  public GeneratedPicture warnedBefore(List<String> earlier) {
    List<String> all = Stream.concat(earlier.stream(), warnings.stream()).distinct().toList();
    return new GeneratedPicture(image, settings, engine, packDigest, all, timings);
  }

  /**
   * Wall-clock nanoseconds of a picture.
   *
   * @param text tokenizing and text encoder (0 when the states were cached)
   * @param denoise all steps
   * @param decode decoder and conversion to pixels
   * @param total from start to pixels
   * @param network inside calls of the engine; {@code total − network} is our own overhead
   * @param steps steps that ran
   */
  public record Timings(
      long text, long denoise, long decode, long total, long network, int steps) {}
}
