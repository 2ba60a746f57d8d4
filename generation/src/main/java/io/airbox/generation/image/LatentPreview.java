package io.airbox.generation.image;

import java.util.Arrays;
import java.util.List;

/**
 * A small picture of a latent for almost nothing: one pixel per cell, RGB (0…1) = matrix · cell +
 * bias. A pack without a matrix has no previews.
 *
 * @param matrix three rows (R, G, B) of one weight per latent channel
 * @param bias three values
 */
public record LatentPreview(List<List<Double>> matrix, List<Double> bias) {
  /** For the latents of SD 1.x. */
  public static final LatentPreview STABLE_DIFFUSION_1 =
      new LatentPreview(
          List.of(
              List.of(0.1490, 0.0935, -0.0790, -0.0920),
              List.of(0.1035, 0.1430, 0.0945, -0.1355),
              List.of(0.1040, 0.0865, 0.1320, -0.2365)),
          List.of(0.5, 0.5, 0.5));

  /**
   * Checks the shape.
   *
   * @throws IllegalArgumentException if it is not 3×C and 3 finite numbers
   */
  public LatentPreview {
    matrix = matrix.stream().map(List::copyOf).toList();
    bias = List.copyOf(bias);
    int channels = matrix.isEmpty() ? 0 : matrix.get(0).size();
    if (matrix.size() != 3 || bias.size() != 3 || channels == 0) {
      throw new IllegalArgumentException(
          "a preview needs three rows of weights and three biases, got "
              + matrix.size()
              + " and "
              + bias.size());
    }
    for (List<Double> row : matrix) {
      if (row.size() != channels || !row.stream().allMatch(Double::isFinite)) {
        throw new IllegalArgumentException(
            "rows of a preview's matrix must be equally long and finite, got " + matrix);
      }
    }
    if (!bias.stream().allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("a preview's bias must be finite, got " + bias);
    }
  }

  /** Latent channels that it is for. */
  public int channels() {
    return matrix.get(0).size();
  }

  /**
   * Draws a latent, best the sampler's denoised guess.
   *
   * @param latent [{@link #channels()}, height, width]
   * @param width cells
   * @param height cells
   */
  public RgbImage render(float[] latent, int width, int height) {
    int size = Math.multiplyExact(width, height);
    if (latent.length != channels() * size) {
      throw new IllegalArgumentException(
          channels()
              + " planes of "
              + width
              + "×"
              + height
              + " cells do not fit "
              + latent.length
              + " values");
    }
    byte[] rgb = new byte[3 * size];
    float[] plane = new float[size];
    for (int colour = 0; colour < 3; colour++) {
      Arrays.fill(plane, (float) (255 * bias.get(colour) + 0.5));
      for (int channel = 0; channel < channels(); channel++) {
        float weight = (float) (255 * matrix.get(colour).get(channel));
        int from = channel * size;
        for (int i = 0; i < size; i++) {
          plane[i] += weight * latent[from + i];
        }
      }
      for (int i = 0; i < size; i++) {
        rgb[3 * i + colour] = (byte) (int) Math.min(Math.max(plane[i], 0f), 255f);
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
