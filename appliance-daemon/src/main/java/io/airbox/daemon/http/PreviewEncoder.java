package io.airbox.daemon.http;

import io.airbox.generation.image.Png;
import io.airbox.generation.image.RgbImage;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Encodes previews, the newest one once for all who watch. Thread-safe, blocking. */
final class PreviewEncoder {
  private @Nullable RgbImage last;
  private String encoded = "";

  @SuppressWarnings("ReferenceEquality") // the same picture, not an equal one
  synchronized String base64(RgbImage image) {
    if (image != last) {
      encoded = Base64.getEncoder().encodeToString(Png.encode(image, Map.of()));
      last = image;
    }
    return encoded;
  }
}
