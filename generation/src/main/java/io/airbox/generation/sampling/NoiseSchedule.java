package io.airbox.generation.sampling;

/**
 * How much noise a network was trained with at each timestep.
 *
 * <p>With ā the product of (1 − β) up to a timestep, a noisy latent is √ā·latent + √(1−ā)·noise (Ho
 * et al. 2020), or, divided by √ā, latent + σ·noise with σ = √((1−ā)/ā) (Karras et al. 2022).
 * Everything is computed in double precision. Immutable.
 */
public final class NoiseSchedule {
  /** How β goes from its first to its last value. */
  public enum Betas {
    /** √β is linear: Stable Diffusion. */
    SCALED_LINEAR("scaled_linear"),
    /** β is linear: DDPM. */
    LINEAR("linear");

    private final String id;

    Betas(String id) {
      this.id = id;
    }

    /** The name in packs. */
    public String id() {
      return id;
    }
  }

  /** Stable Diffusion 1.x, 2.x and SDXL. */
  public static final NoiseSchedule STABLE_DIFFUSION =
      new NoiseSchedule(1000, 0.00085, 0.012, Betas.SCALED_LINEAR);

  private final double[] alphaBars;
  private final SigmaGrid grid;

  /**
   * Computes a schedule.
   *
   * @param trainSteps training timesteps, 2…100000
   * @param betaStart β of timestep 0, in (0, {@code betaEnd}]
   * @param betaEnd β of the last timestep, in [{@code betaStart}, 1)
   * @param betas how β rises
   * @throws IllegalArgumentException if a value is out of range
   */
  public NoiseSchedule(int trainSteps, double betaStart, double betaEnd, Betas betas) {
    if (trainSteps < 2 || trainSteps > 100_000) {
      throw new IllegalArgumentException("trainSteps must be 2…100000, was " + trainSteps);
    }
    if (!(betaStart > 0 && betaStart <= betaEnd && betaEnd < 1)) {
      throw new IllegalArgumentException(
          "0 < betaStart ≤ betaEnd < 1 must hold, were " + betaStart + " and " + betaEnd);
    }
    alphaBars = new double[trainSteps];
    int[] timesteps = new int[trainSteps];
    double[] logSigmas = new double[trainSteps];
    double alphaBar = 1;
    for (int t = 0; t < trainSteps; t++) {
      double fraction = (double) t / (trainSteps - 1);
      alphaBar *= 1 - beta(betas, betaStart, betaEnd, fraction);
      alphaBars[t] = alphaBar;
      timesteps[t] = t;
      logSigmas[t] = 0.5 * Math.log((1 - alphaBar) / alphaBar);
    }
    grid = new SigmaGrid(timesteps, logSigmas);
  }

  private static double beta(Betas betas, double start, double end, double fraction) {
    return switch (betas) {
      case LINEAR -> start + fraction * (end - start);
      case SCALED_LINEAR -> {
        double root = Math.sqrt(start) + fraction * (Math.sqrt(end) - Math.sqrt(start));
        yield root * root;
      }
    };
  }

  /** The number of training timesteps; timesteps are 0…{@code trainSteps() − 1}. */
  public int trainSteps() {
    return alphaBars.length;
  }

  /** ā, in (0, 1), falling with {@code timestep}. */
  public double alphaBar(int timestep) {
    return alphaBars[timestep];
  }

  /** σ = √((1−ā)/ā), rising with {@code timestep}. */
  public double sigma(int timestep) {
    return Math.sqrt((1 - alphaBars[timestep]) / alphaBars[timestep]);
  }

  /**
   * σ between timesteps, linear in ln σ.
   *
   * @param timestep clamped to 0…{@code trainSteps() − 1}
   */
  public double sigma(double timestep) {
    return grid.sigma(timestep);
  }

  /**
   * The timestep whose σ is nearest to {@code sigma} in logarithm.
   *
   * @param sigma above 0
   */
  public int nearestTimestep(double sigma) {
    return grid.nearestTimestep(sigma);
  }

  SigmaGrid grid() {
    return grid;
  }
}
