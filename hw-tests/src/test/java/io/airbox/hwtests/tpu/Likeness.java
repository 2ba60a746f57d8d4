package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** How much two pictures are alike. */
final class Likeness {
  private Likeness() {}

  /** Peak signal to noise over all channels, in dB; infinite when they are the same. */
  static double psnr(byte[] png, byte[] reference) throws IOException {
    BufferedImage a = ImageIO.read(new ByteArrayInputStream(png));
    BufferedImage b = ImageIO.read(new ByteArrayInputStream(reference));
    assertThat(a.getWidth()).isEqualTo(b.getWidth());
    assertThat(a.getHeight()).isEqualTo(b.getHeight());
    double sum = 0;
    for (int y = 0; y < a.getHeight(); y++) {
      for (int x = 0; x < a.getWidth(); x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          int difference = (a.getRGB(x, y) >> shift & 255) - (b.getRGB(x, y) >> shift & 255);
          sum += difference * difference;
        }
      }
    }
    double mean = sum / (3.0 * a.getWidth() * a.getHeight());
    return 10 * Math.log10(255.0 * 255.0 / mean);
  }
}
