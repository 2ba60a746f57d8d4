package io.airbox.generation;

import io.airbox.generation.image.Resampling;
import io.airbox.generation.image.RgbImage;

/** Fits the picture that img2img starts from to the size that is made. */
public final class StartImage {
  private StartImage() {}

  /**
   * The middle of a picture, as much of it as has the shape of the new size, scaled to that size. A
   * picture that has the size already is given back as it is.
   */
  public static RgbImage cover(RgbImage image, int width, int height) {
    int cropWidth = image.width();
    int cropHeight = image.height();
    long excess = (long) cropWidth * height - (long) cropHeight * width;
    if (excess > 0) {
      cropWidth = Math.max(1, (int) Math.round((double) cropHeight * width / height));
    } else if (excess < 0) {
      cropHeight = Math.max(1, (int) Math.round((double) cropWidth * height / width));
    }
    return Resampling.resize(middle(image, cropWidth, cropHeight), width, height);
  }

  private static RgbImage middle(RgbImage image, int width, int height) {
    if (width == image.width() && height == image.height()) {
      return image;
    }
    int left = (image.width() - width) / 2;
    int top = (image.height() - height) / 2;
    byte[] rgb = new byte[width * height * 3];
    for (int row = 0; row < height; row++) {
      int from = ((top + row) * image.width() + left) * 3;
      System.arraycopy(image.rgb(), from, rgb, row * width * 3, width * 3);
    }
    return new RgbImage(width, height, rgb);
  }
}
