package io.airbox.daemon.http;

import io.airbox.generation.image.RgbImage;

final class PngBytes {
  private PngBytes() {}

  static byte[] of(RgbImage image) {
    return image.rgb();
  }
}
