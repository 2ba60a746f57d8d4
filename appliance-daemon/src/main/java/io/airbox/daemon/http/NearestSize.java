package io.airbox.daemon.http;

import io.airbox.generation.pack.PackManifest;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What a pack makes for a size that a client asks for: clients ask for sizes of other models. The
 * nearest by shape counts, of those the nearest by area.
 */
final class NearestSize {
  private NearestSize() {}

  /**
   * Finds it.
   *
   * @param width above 0
   * @param height above 0
   * @param warnings is told when it is another size
   */
  static PackManifest.Size of(PackManifest pack, int width, int height, List<String> warnings) {
    PackManifest.Size nearest =
        pack.sizes().stream()
            .min(
                Comparator.<PackManifest.Size>comparingDouble(
                        size ->
                            logRatio(
                                (double) size.width() / size.height(), (double) width / height))
                    .thenComparingDouble(
                        size ->
                            logRatio(
                                (double) size.width() * size.height(), (double) width * height)))
            .orElseThrow();
    if (nearest.width() != width || nearest.height() != height) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "size %dx%d is not made by this model, the nearest is %s",
              width,
              height,
              nearest));
    }
    return nearest;
  }

  private static double logRatio(double left, double right) {
    return Math.abs(Math.log(left / right));
  }
}
