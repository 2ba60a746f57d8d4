package io.airbox.generation.random;

/**
 * A seeded stream of standard normal numbers, drawn tensor by tensor. One per picture: the initial
 * latent first, then every noise of the sampler in order, so that a seed means the same everywhere.
 * Not thread-safe.
 */
public interface NormalSource {
  /**
   * Fills {@code target} with the next tensor's values, in C, H, W order.
   *
   * @param target any length for Philox; the generator of PyTorch treats lengths below 16
   *     differently, see the class
   */
  void fill(float[] target);
}
