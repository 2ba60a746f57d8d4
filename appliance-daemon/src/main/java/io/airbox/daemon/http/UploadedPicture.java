package io.airbox.daemon.http;

import io.airbox.generation.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Reads a picture that somebody sent. Blocking. */
final class UploadedPicture {
  private static final int LONGEST_SIDE = 8192;
  private static final long MOST_PIXELS = 16L << 20;

  private UploadedPicture() {}

  /**
   * Decodes a PNG or JPEG. The size is looked at first, so that a small file cannot ask for much
   * memory; transparency becomes white.
   *
   * @throws HttpFailure 400 naming the field
   */
  static RgbImage decode(String field, byte[] file) {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw HttpFailure.invalid(field, field + ": is neither a PNG nor a JPEG");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if (Math.max(width, height) > LONGEST_SIDE || (long) width * height > MOST_PIXELS) {
          throw HttpFailure.invalid(
              field,
              "%s: is %dx%d, at most %d on a side and 16 million pixels are read"
                  .formatted(field, width, height, LONGEST_SIDE));
        }
        return pixels(reader.read(0));
      } finally {
        reader.dispose();
      }
    } catch (IOException | IndexOutOfBoundsException e) {
      throw HttpFailure.invalid(field, field + ": cannot be read as a picture: " + e.getMessage());
    }
  }

  private static RgbImage pixels(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[width * height * 3];
    int[] row = new int[width];
    int next = 0;
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int pixel : row) {
        int alpha = pixel >>> 24;
        for (int shift = 16; shift >= 0; shift -= 8) {
          int value = (pixel >> shift) & 0xff;
          rgb[next++] = (byte) ((value * alpha + 255 * (255 - alpha)) / 255);
        }
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
