package io.airbox.generation.sampling;

/**
 * What a sampler does in a step, as numbers. All of them are linear: the next latent is a weighted
 * sum of the latent x, the denoised guess D, the previous step's guess and fresh noise. A rule
 * gives the weights in double precision; {@link Sampler} applies them.
 *
 * <p>Two scales occur. <i>Variance preserving</i>: x = √ā·latent + √(1−ā)·noise, which the network
 * takes as it is. <i>Variance exploding</i>: x = latent + σ·noise, which the network wants divided
 * by √(σ²+1). ā = 1/(1+σ²) leads from one to the other.
 */
sealed interface UpdateRule {
  /**
   * Weights of a step.
   *
   * @param latent of x
   * @param denoised of D
   * @param previous of the previous step's D
   * @param noise of fresh standard normal noise
   */
  record Weights(double latent, double denoised, double previous, double noise) {}

  /** Whether x is in the variance preserving scale. */
  boolean variancePreserving();

  /** The weights of a step of a plan. */
  Weights weights(SamplingPlan plan, int step);

  /** The rule of a sampler. */
  static UpdateRule of(SamplerKind kind) {
    return switch (kind) {
      case LCM -> new Lcm();
      case DDIM -> new Ddim();
      case EULER -> new Euler();
      case EULER_ANCESTRAL -> new EulerAncestral();
      case DPMPP_2M -> new DpmPlusPlus2M();
    };
  }

  /** √ā. */
  static double signal(double sigma) {
    return 1 / Math.sqrt(1 + sigma * sigma);
  }

  /** √(1−ā). */
  static double noise(double sigma) {
    return sigma / Math.sqrt(1 + sigma * sigma);
  }

  /** A guess by the consistency function, then noise again. */
  record Lcm() implements UpdateRule {
    private static final double SIGMA_DATA = 0.5;
    private static final double TIMESTEP_SCALING = 10;

    @Override
    public boolean variancePreserving() {
      return true;
    }

    @Override
    public Weights weights(SamplingPlan plan, int step) {
      double scaled = TIMESTEP_SCALING * plan.timestep(step);
      double variance = scaled * scaled + SIGMA_DATA * SIGMA_DATA;
      double skip = SIGMA_DATA * SIGMA_DATA / variance;
      double out = scaled / Math.sqrt(variance);
      double next = plan.sigma(step + 1);
      return new Weights(signal(next) * skip, signal(next) * out, 0, noise(next));
    }
  }

  /** √ā'·D + √(1−ā')·ε, with ε the noise that x holds if D is right. */
  record Ddim() implements UpdateRule {
    @Override
    public boolean variancePreserving() {
      return true;
    }

    @Override
    public Weights weights(SamplingPlan plan, int step) {
      double sigma = plan.sigma(step);
      double next = plan.sigma(step + 1);
      double latent = noise(next) / noise(sigma);
      return new Weights(latent, signal(next) - latent * signal(sigma), 0, 0);
    }
  }

  /** A straight line from x towards D. */
  record Euler() implements UpdateRule {
    @Override
    public boolean variancePreserving() {
      return false;
    }

    @Override
    public Weights weights(SamplingPlan plan, int step) {
      double ratio = plan.sigma(step + 1) / plan.sigma(step);
      return new Weights(ratio, 1 - ratio, 0, 0);
    }
  }

  /** Euler below the next level, then up to it with fresh noise. */
  record EulerAncestral() implements UpdateRule {
    @Override
    public boolean variancePreserving() {
      return false;
    }

    @Override
    public Weights weights(SamplingPlan plan, int step) {
      double sigma = plan.sigma(step);
      double next = plan.sigma(step + 1);
      double up = up(sigma, next);
      double ratio = Math.sqrt(next * next - up * up) / sigma;
      return new Weights(ratio, 1 - ratio, 0, up);
    }

    /** The part of the next level that is fresh noise. */
    static double up(double sigma, double next) {
      return Math.min(next, next * Math.sqrt(sigma * sigma - next * next) / sigma);
    }
  }

  /** Exponential integrator in λ = −ln σ that extrapolates D from the last two steps. */
  record DpmPlusPlus2M() implements UpdateRule {
    @Override
    public boolean variancePreserving() {
      return false;
    }

    @Override
    public Weights weights(SamplingPlan plan, int step) {
      double sigma = plan.sigma(step);
      double next = plan.sigma(step + 1);
      double ratio = next / sigma;
      double denoised = 1 - ratio;
      if (step == 0 || next == 0) {
        return new Weights(ratio, denoised, 0, 0);
      }
      double h = Math.log(sigma / next);
      double last = Math.log(plan.sigma(step - 1) / sigma);
      double half = h / (2 * last);
      return new Weights(ratio, denoised * (1 + half), -denoised * half, 0);
    }
  }
}
