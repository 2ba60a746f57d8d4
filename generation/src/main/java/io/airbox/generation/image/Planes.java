package io.airbox.generation.image;

import io.airbox.generation.GenerationException;
import java.util.function.Supplier;

/** Pixels as networks have them: three planes R, G, B of floats in −1…1, row by row ([3, H, W]). */
public final class Planes {
  private static final int CHANNELS = 3;
  private static final float HALF_RANGE = 127.5f;

  private Planes() {}

  /**
   * Turns planes into pixels: −1 becomes 0, 1 becomes 255, rounded to nearest, values outside
   * clamped.
   *
   * @param planes at least {@code 3 · width · height} values
   * @param width pixels
   * @param height pixels
   * @throws GenerationException {@code ENGINE_FAULT} if a value is NaN or infinite
   */
  public static RgbImage toImage(float[] planes, int width, int height) {
    int size = size(planes, width, height);
    byte[] rgb = new byte[CHANNELS * size];
    int[] levels = new int[width];
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int row = 0; row < height; row++) {
        int from = channel * size + row * width;
        requireFinite(planes, from, width, () -> "the decoder's picture");
        quantize(planes, from, levels);
        int target = row * width * CHANNELS + channel;
        for (int x = 0; x < width; x++) {
          rgb[target + CHANNELS * x] = (byte) levels[x];
        }
      }
    }
    return new RgbImage(width, height, rgb);
  }

  private static void quantize(float[] planes, int from, int[] levels) {
    for (int x = 0; x < levels.length; x++) {
      float level = planes[from + x] * HALF_RANGE + (HALF_RANGE + 0.5f);
      levels[x] = (int) Math.min(Math.max(level, 0f), 255f);
    }
  }

  /**
   * Turns pixels into planes: 2·level/255 − 1.
   *
   * @param planes receives {@code 3 · width · height} values
   */
  public static void fromImage(RgbImage image, float[] planes) {
    int size = size(planes, image.width(), image.height());
    byte[] rgb = image.rgb();
    for (int channel = 0; channel < CHANNELS; channel++) {
      int from = channel * size;
      for (int i = 0; i < size; i++) {
        planes[from + i] = (rgb[CHANNELS * i + channel] & 0xFF) / HALF_RANGE - 1;
      }
    }
  }

  /**
   * Checks what came out of a network.
   *
   * @param values to be looked at, from the start
   * @param what what they are, for the message, as in "the UNet's output in step 3"
   * @throws GenerationException {@code ENGINE_FAULT} if one is NaN or infinite
   */
  public static void requireFinite(float[] values, Supplier<String> what) {
    requireFinite(values, 0, values.length, what);
  }

  private static void requireFinite(float[] values, int from, int count, Supplier<String> what) {
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[i] * 0f; // NaN for NaN and for infinities
    }
    if (Float.isNaN(sum)) {
      throw new GenerationException(
          GenerationException.Reason.ENGINE_FAULT,
          what.get() + " holds values that are no numbers (NaN or infinite)");
    }
  }

  private static int size(float[] planes, int width, int height) {
    int size = Math.multiplyExact(width, height);
    if (width < 1 || height < 1 || planes.length / CHANNELS < size) {
      throw new IllegalArgumentException(
          width + "×" + height + " pixels do not fit " + planes.length + " values");
    }
    return size;
  }
}
