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
   * @param target receives the values; any length
   */
  void fill(float[] target);
}
