package io.airbox.generation.image;

import java.util.Arrays;

/**
 * A picture of 8-bit RGB pixels, row by row from the top, without padding. The array is not copied:
 * whoever makes one gives it away.
 *
 * @param width pixels
 * @param height pixels
 * @param rgb {@code width · height · 3} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // pixels; equality is defined below
public record RgbImage(int width, int height, byte[] rgb) {
  public RgbImage {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("size must be at least 1×1, was " + width + "×" + height);
    }
    if (rgb.length != Math.multiplyExact(Math.multiplyExact(width, height), 3)) {
      throw new IllegalArgumentException(
          width
              + "×"
              + height
              + " pixels need "
              + (width * height * 3)
              + " bytes, got "
              + rgb.length);
    }
  }

  /**
   * Whether it is one colour all over.
   *
   * @param levels how far, in 0…255, the values of a channel may lie apart
   */
  public boolean isFlat(int levels) {
    for (int channel = 0; channel < 3; channel++) {
      int least = 255;
      int most = 0;
      for (int i = channel; i < rgb.length; i += 3) {
        least = Math.min(least, rgb[i] & 0xff);
        most = Math.max(most, rgb[i] & 0xff);
      }
      if (most - least > levels) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RgbImage image
        && image.width == width
        && image.height == height
        && Arrays.equals(image.rgb, rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "RgbImage[" + width + "×" + height + "]";
  }
}
