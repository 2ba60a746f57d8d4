package io.airbox.generation.sampling;

/**
 * Classifier-free guidance (Ho and Salimans 2022): e = u + g·(c − u), with u the network's output
 * for the negative prompt, c for the prompt, and g the guidance scale.
 */
public final class Guidance {
  private Guidance() {}

  /** Whether a guidance scale asks for the second output at all; 1 or less is one pass. */
  public static boolean needsTwo(double scale) {
    return scale > 1;
  }

  /**
   * Combines the outputs of two passes.
   *
   * @param unconditional u; replaced by e
   * @param conditional c, of the same length
   * @param scale g
   */
  public static void combine(float[] unconditional, float[] conditional, double scale) {
    if (unconditional.length != conditional.length) {
      throw new IllegalArgumentException(
          "outputs must be equally long, were "
              + unconditional.length
              + " and "
              + conditional.length);
    }
    float g = (float) scale;
    for (int i = 0; i < unconditional.length; i++) {
      unconditional[i] += g * (conditional[i] - unconditional[i]);
    }
  }

  /**
   * Combines the output of one pass over a batch of two.
   *
   * @param both u, then c; its first half is replaced by e
   * @param scale g
   */
  public static void combine(float[] both, double scale) {
    if (both.length % 2 != 0) {
      throw new IllegalArgumentException("a batch of two is even, was " + both.length + " long");
    }
    int half = both.length / 2;
    float g = (float) scale;
    for (int i = 0; i < half; i++) {
      both[i] += g * (both[half + i] - both[i]);
    }
  }
}
