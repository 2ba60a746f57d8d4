package io.airbox.generation.image;

import java.util.function.DoubleUnaryOperator;

/**
 * Changes a picture's size, separably, with the filter widened when shrinking so that nothing
 * aliases. Values are kept in single precision between the two passes.
 */
public final class Resampling {
  private static final double LANCZOS_RADIUS = 3;

  private Resampling() {}

  /**
   * Weights of the source samples {@code first…first + weights.length − 1} for one target sample.
   */
  @SuppressWarnings("ArrayRecordComponent") // carriers, never compared
  private record Taps(int first, float[] weights) {}

  /**
   * Resamples with a Lanczos filter of three lobes, stretching to the new size.
   *
   * @param width pixels, at least 1
   * @param height pixels, at least 1
   * @return the same picture if it has that size
   */
  public static RgbImage resize(RgbImage image, int width, int height) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("size must be at least 1×1, was " + width + "×" + height);
    }
    if (width == image.width() && height == image.height()) {
      return image;
    }
    float[] values =
        resample(
            image,
            taps(image.width(), width, LANCZOS_RADIUS, Resampling::lanczos),
            taps(image.height(), height, LANCZOS_RADIUS, Resampling::lanczos));
    byte[] rgb = new byte[values.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (int) Math.min(Math.max(values[i] + 0.5f, 0f), 255f);
    }
    return new RgbImage(width, height, rgb);
  }

  /**
   * Averages a picture over a grid of equal cells, counting pixels that lie in several by the part
   * of them that does.
   *
   * @param columns cells across, 1…width
   * @param rows cells down, 1…height
   * @return {@code rows · columns · 3} means, R G B, row by row, in 0…255
   */
  public static float[] boxAverage(RgbImage image, int columns, int rows) {
    if (columns < 1 || rows < 1 || columns > image.width() || rows > image.height()) {
      throw new IllegalArgumentException(
          "cells must be 1×1…"
              + image.width()
              + "×"
              + image.height()
              + ", were "
              + columns
              + "×"
              + rows);
    }
    return resample(image, areas(image.width(), columns), areas(image.height(), rows));
  }

  private static float[] resample(RgbImage image, Taps[] across, Taps[] down) {
    int width = across.length;
    float[] sum = new float[3 * width * down.length];
    float[] line = new float[3 * width];
    int oldest = 0; // targets before it have all their source rows
    for (int row = 0; row < image.height(); row++) {
      boolean wanted = false;
      for (int y = oldest; y < down.length && down[y].first() <= row; y++) {
        Taps taps = down[y];
        int tap = row - taps.first();
        if (tap >= taps.weights().length) {
          continue;
        }
        if (!wanted) {
          resampleLine(image, row, across, line);
          wanted = true;
        }
        accumulate(line, taps.weights()[tap], sum, y * line.length);
      }
      while (oldest < down.length
          && down[oldest].first() + down[oldest].weights().length <= row + 1) {
        oldest++;
      }
    }
    return sum;
  }

  private static void resampleLine(RgbImage image, int row, Taps[] across, float[] line) {
    byte[] rgb = image.rgb();
    int start = row * image.width();
    for (int x = 0; x < across.length; x++) {
      float[] weights = across[x].weights();
      int pixel = 3 * (start + across[x].first());
      float red = 0;
      float green = 0;
      float blue = 0;
      for (float weight : weights) {
        red += weight * (rgb[pixel] & 0xFF);
        green += weight * (rgb[pixel + 1] & 0xFF);
        blue += weight * (rgb[pixel + 2] & 0xFF);
        pixel += 3;
      }
      line[3 * x] = red;
      line[3 * x + 1] = green;
      line[3 * x + 2] = blue;
    }
  }

  private static void accumulate(float[] line, float weight, float[] sum, int from) {
    for (int i = 0; i < line.length; i++) {
      sum[from + i] += weight * line[i];
    }
  }

  /** Samples of a filter centred on each target sample, normalised to 1. */
  private static Taps[] taps(int from, int to, double radius, DoubleUnaryOperator filter) {
    double ratio = (double) from / to;
    double stretch = Math.max(1, ratio);
    Taps[] taps = new Taps[to];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * ratio;
      int first = Math.max(0, (int) (centre - radius * stretch + 0.5));
      int end = Math.min(from, (int) (centre + radius * stretch + 0.5));
      double[] weights = new double[end - first];
      for (int j = 0; j < weights.length; j++) {
        weights[j] = filter.applyAsDouble((first + j + 0.5 - centre) / stretch);
      }
      taps[i] = normalized(first, weights);
    }
    return taps;
  }

  /** The part of each source sample that lies in each target cell. */
  private static Taps[] areas(int from, int to) {
    double ratio = (double) from / to;
    Taps[] taps = new Taps[to];
    for (int i = 0; i < to; i++) {
      double left = i * ratio;
      double right = (i + 1) * ratio;
      int first = (int) left;
      int end = Math.min(from, (int) Math.ceil(right));
      double[] weights = new double[end - first];
      for (int j = 0; j < weights.length; j++) {
        weights[j] = Math.min(right, first + j + 1) - Math.max(left, first + j);
      }
      taps[i] = normalized(first, weights);
    }
    return taps;
  }

  private static Taps normalized(int first, double[] weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    float[] scaled = new float[weights.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (weights[i] / sum);
    }
    return new Taps(first, scaled);
  }

  private static double lanczos(double x) {
    return Math.abs(x) < LANCZOS_RADIUS ? sinc(x) * sinc(x / LANCZOS_RADIUS) : 0;
  }

  private static double sinc(double x) {
    double angle = Math.PI * x;
    return x == 0 ? 1 : Math.sin(angle) / angle;
  }
}
