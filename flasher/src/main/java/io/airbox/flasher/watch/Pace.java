package io.airbox.flasher.watch;

/**
 * How long a chunk takes: seconds for each byte that is loaded and for each byte that is unpacked
 * and written, weighted so that the last eight chunks count most.
 */
final class Pace {
  private static final double WEIGHT = 2.0 / (8 + 1);

  private double perLoaded = -1;
  private double perWritten = -1;

  void loaded(long bytes, double seconds) {
    if (bytes > 0 && seconds >= 0) {
      perLoaded = mix(perLoaded, seconds / bytes);
    }
  }

  void written(long bytes, double seconds) {
    if (bytes > 0 && seconds > 0) {
      perWritten = mix(perWritten, seconds / bytes);
    }
  }

  private static double mix(double before, double now) {
    return before < 0 ? now : before + WEIGHT * (now - before);
  }

  /** Whether a chunk was measured. */
  boolean known() {
    return perWritten > 0;
  }

  double seconds(long loadedBytes, long writtenBytes) {
    return Math.max(0, perLoaded) * Math.max(0, loadedBytes) + perWritten * writtenBytes;
  }
}
