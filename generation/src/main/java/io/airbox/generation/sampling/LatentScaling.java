package io.airbox.generation.sampling;

import io.airbox.generation.random.NormalSource;
import org.jspecify.annotations.Nullable;

/**
 * Between a sampler's latent and an autoencoder's: decoder input = latent ÷ scale + shift.
 *
 * @param scale above 0; 0.18215 for SD 1.5
 * @param shift 0 for SD 1.5
 */
public record LatentScaling(double scale, double shift) {
  private static final double LEAST_LOG_VARIANCE = -30;
  private static final double MOST_LOG_VARIANCE = 20;

  public LatentScaling {
    if (!(scale > 0 && Double.isFinite(scale) && Double.isFinite(shift))) {
      throw new IllegalArgumentException(
          "scale must be above 0 and both finite, were " + scale + " and " + shift);
    }
  }

  /**
   * Writes the decoder's input.
   *
   * @param latent clean latent
   * @param target at least as long; may be {@code latent} itself
   */
  public void toDecoder(float[] latent, float[] target) {
    float factor = (float) (1 / scale);
    float offset = (float) shift;
    for (int i = 0; i < latent.length; i++) {
      target[i] = latent[i] * factor + offset;
    }
  }

  /**
   * Makes a latent of an encoder's output.
   *
   * @param moments means, then logarithms of variances (clamped to −30…20): twice the latent
   * @param noise draws from that distribution; null takes the mean
   * @param latent receives the clean latent
   */
  public void fromEncoder(float[] moments, @Nullable NormalSource noise, float[] latent) {
    if (moments.length != 2 * latent.length) {
      throw new IllegalArgumentException(
          "moments must have " + 2 * latent.length + " values, had " + moments.length);
    }
    if (noise == null) {
      System.arraycopy(moments, 0, latent, 0, latent.length);
    } else {
      noise.fill(latent);
      for (int i = 0; i < latent.length; i++) {
        double logVariance =
            Math.min(Math.max(moments[latent.length + i], LEAST_LOG_VARIANCE), MOST_LOG_VARIANCE);
        latent[i] = (float) (moments[i] + Math.exp(0.5 * logVariance) * latent[i]);
      }
    }
    float factor = (float) scale;
    float offset = (float) shift;
    for (int i = 0; i < latent.length; i++) {
      latent[i] = (latent[i] - offset) * factor;
    }
  }
}
