package io.airbox.generation.sampling;

import java.util.Arrays;

/**
 * Noise levels that a network knows: rising timesteps and ln σ of each, interpolated in between.
 */
final class SigmaGrid {
  private final int[] timesteps;
  private final double[] logSigmas;

  SigmaGrid(int[] timesteps, double[] logSigmas) {
    this.timesteps = timesteps;
    this.logSigmas = logSigmas;
  }

  /** Every {@code stride}-th entry, counted so that the last one is kept. */
  SigmaGrid thinned(int stride) {
    int size = timesteps.length / stride;
    int[] keptTimesteps = new int[size];
    double[] keptSigmas = new double[size];
    for (int i = 0; i < size; i++) {
      int index = timesteps.length - 1 - (size - 1 - i) * stride;
      keptTimesteps[i] = timesteps[index];
      keptSigmas[i] = logSigmas[index];
    }
    return new SigmaGrid(keptTimesteps, keptSigmas);
  }

  int last() {
    return timesteps.length - 1;
  }

  int timestep(int index) {
    return timesteps[index];
  }

  /** σ at a fractional index, linear in ln σ and clamped to the ends. */
  double sigma(double index) {
    if (index <= 0) {
      return Math.exp(logSigmas[0]);
    }
    if (index >= last()) {
      return Math.exp(logSigmas[last()]);
    }
    int below = (int) index;
    double fraction = index - below;
    return Math.exp((1 - fraction) * logSigmas[below] + fraction * logSigmas[below + 1]);
  }

  /** The timestep whose ln σ is nearest; the lower one on a tie. */
  int nearestTimestep(double sigma) {
    double wanted = Math.log(sigma);
    int found = Arrays.binarySearch(logSigmas, wanted);
    if (found >= 0) {
      return timesteps[found];
    }
    int above = -found - 1;
    if (above == 0) {
      return timesteps[0];
    }
    if (above > last()) {
      return timesteps[last()];
    }
    boolean lower = wanted - logSigmas[above - 1] <= logSigmas[above] - wanted;
    return timesteps[lower ? above - 1 : above];
  }
}
