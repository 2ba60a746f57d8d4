package io.airbox.generation.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes JPEG files (JFIF, 4:2:0, no metadata of ours). */
public final class Jpeg {
  private Jpeg() {}

  /**
   * Encodes a picture.
   *
   * @param quality 1…100, the best last
   */
  public static byte[] encode(RgbImage image, int quality) {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("quality must be 1…100, was " + quality);
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("JPEG").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(stream);
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      options.setCompressionQuality(quality / 100f);
      writer.write(null, new IIOImage(buffered(image), null, null), options);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes every byte", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static BufferedImage buffered(RgbImage image) {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = image.rgb();
    int[] line = new int[image.width()];
    for (int y = 0, at = 0; y < image.height(); y++) {
      for (int x = 0; x < line.length; x++, at += 3) {
        line[x] = (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF);
      }
      buffered.setRGB(0, y, line.length, 1, line, 0, line.length);
    }
    return buffered;
  }
}
