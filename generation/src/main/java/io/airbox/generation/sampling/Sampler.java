package io.airbox.generation.sampling;

import io.airbox.generation.random.NormalSource;

/**
 * Takes one picture's latent from noise to picture, step by step, while the caller runs the network
 * in between:
 *
 * <pre>{@code
 * Sampler sampler = new Sampler(plan, prediction, latent.length);
 * sampler.start(latent, noise);
 * for (int step = 0; step < sampler.steps(); step++) {
 *   sampler.modelInput(step, latent, input);
 *   network(input, sampler.timestep(step), output);
 *   sampler.step(step, latent, output, noise);
 * }
 * }</pre>
 *
 * <p>After the last step the latent is clean, in the scale the decoder's scaling expects. Nothing
 * is allocated after construction. May be started again for another picture; not thread-safe.
 */
public final class Sampler {
  /** D = latent·x + output·(network's output). */
  private record Guess(double latent, double output) {}

  private final SamplingPlan plan;
  private final UpdateRule rule;
  private final Prediction prediction;
  private final float[] inputScale;
  private final float[] guessLatent;
  private final float[] guessOutput;
  private final float[] latentWeight;
  private final float[] denoisedWeight;
  private final float[] previousWeight;
  private final float[] noiseWeight;
  private final float[] noise;
  private float[] denoised;
  private float[] previous;
  private int next;

  /**
   * Prepares all coefficients and buffers.
   *
   * @param plan where the steps lie
   * @param prediction what the network predicts
   * @param length values in a latent: channels × height × width in cells, at least 1
   */
  public Sampler(SamplingPlan plan, Prediction prediction, int length) {
    if (length < 1) {
      throw new IllegalArgumentException("length must be at least 1, was " + length);
    }
    this.plan = plan;
    this.prediction = prediction;
    rule = UpdateRule.of(plan.sampler());
    int steps = plan.steps();
    inputScale = new float[steps];
    guessLatent = new float[steps];
    guessOutput = new float[steps];
    latentWeight = new float[steps];
    denoisedWeight = new float[steps];
    previousWeight = new float[steps];
    noiseWeight = new float[steps];
    for (int i = 0; i < steps; i++) {
      double sigma = plan.sigma(i);
      inputScale[i] = rule.variancePreserving() ? 1 : (float) UpdateRule.signal(sigma);
      Guess guess = guess(sigma);
      guessLatent[i] = (float) guess.latent();
      guessOutput[i] = (float) guess.output();
      UpdateRule.Weights weights = rule.weights(plan, i);
      latentWeight[i] = (float) weights.latent();
      denoisedWeight[i] = (float) weights.denoised();
      previousWeight[i] = (float) weights.previous();
      noiseWeight[i] = (float) weights.noise();
    }
    noise = new float[length];
    denoised = new float[length];
    previous = new float[length];
  }

  private Guess guess(double sigma) {
    double signal = UpdateRule.signal(sigma);
    return switch (prediction) {
      case EPSILON -> new Guess(rule.variancePreserving() ? 1 / signal : 1, -sigma);
      case V ->
          new Guess(rule.variancePreserving() ? signal : signal * signal, -UpdateRule.noise(sigma));
    };
  }

  /** Steps that run. */
  public int steps() {
    return plan.steps();
  }

  /** The timestep to tell the network in a step. */
  public int timestep(int step) {
    return plan.timestep(step);
  }

  /**
   * Begins a picture from noise alone. The noise has the weight that belongs to the first step's
   * level: 1 for LCM and DDIM, σ for the others, except √(σ²+1) for leading spacing, which does not
   * start at the top (as diffusers does).
   *
   * @param latent receives the first latent
   * @param source stream of the picture, at its beginning
   * @throws IllegalStateException if the plan starts from a picture
   */
  public void start(float[] latent, NormalSource source) {
    requireLatent(latent);
    if (plan.fromPicture()) {
      throw new IllegalStateException("the plan has a strength, so it starts from a latent");
    }
    double sigma = plan.sigma(0);
    double scale = 1;
    if (!rule.variancePreserving()) {
      scale = plan.spacing() == Spacing.LEADING ? Math.sqrt(sigma * sigma + 1) : sigma;
    }
    source.fill(latent);
    multiply(latent, (float) scale);
    next = 0;
  }

  /**
   * Begins a picture from another one's latent, with noise added to the first step's level.
   *
   * @param latent the clean latent; receives the first noisy one
   * @param source stream of the picture
   * @throws IllegalStateException if the plan starts from noise alone
   */
  public void startFrom(float[] latent, NormalSource source) {
    requireLatent(latent);
    if (!plan.fromPicture()) {
      throw new IllegalStateException("the plan has no strength, so it starts from noise alone");
    }
    double sigma = plan.sigma(0);
    source.fill(noise);
    if (rule.variancePreserving()) {
      blend(latent, (float) UpdateRule.signal(sigma), noise, (float) UpdateRule.noise(sigma));
    } else {
      blend(latent, 1, noise, (float) sigma);
    }
    next = 0;
  }

  /**
   * Writes what the network is to see.
   *
   * @param step the step, in order from 0
   * @param latent the latent
   * @param input receives the scaled latent, once per {@code latent.length} of its own length: a
   *     batch of two for guidance gets it twice
   */
  public void modelInput(int step, float[] latent, float[] input) {
    requireLatent(latent);
    if (input.length == 0 || input.length % latent.length != 0) {
      throw new IllegalArgumentException(
          "input length must be a multiple of " + latent.length + ", was " + input.length);
    }
    scale(latent, inputScale[step], input);
    for (int from = latent.length; from < input.length; from += latent.length) {
      System.arraycopy(input, 0, input, from, latent.length);
    }
  }

  /**
   * Makes a step. Noise is drawn only where the sampler needs some, never after the last step.
   *
   * @param step the step, in order from 0
   * @param latent the latent, replaced by the next one
   * @param output the network's output after guidance; may be longer than the latent
   * @param source stream of the picture
   * @throws IllegalStateException if it is not that step's turn
   */
  public void step(int step, float[] latent, float[] output, NormalSource source) {
    requireLatent(latent);
    if (output.length < latent.length) {
      throw new IllegalArgumentException(
          "output must have at least " + latent.length + " values, had " + output.length);
    }
    if (step != next || step >= plan.steps()) {
      throw new IllegalStateException(
          "step " + next + " of " + plan.steps() + " is next, not " + step);
    }
    float[] guess = previous;
    previous = denoised;
    denoised = guess;
    combine(latent, guessLatent[step], output, guessOutput[step], guess);
    blend(latent, latentWeight[step], guess, denoisedWeight[step]);
    if (previousWeight[step] != 0) {
      add(latent, previous, previousWeight[step]);
    }
    if (noiseWeight[step] != 0) {
      source.fill(noise);
      add(latent, noise, noiseWeight[step]);
    }
    next = step + 1;
  }

  /**
   * The clean latent as guessed in the last step, for previews. Valid until the next step; not to
   * be written to.
   */
  public float[] denoised() {
    return denoised;
  }

  private void requireLatent(float[] latent) {
    if (latent.length != noise.length) {
      throw new IllegalArgumentException(
          "latent must have " + noise.length + " values, had " + latent.length);
    }
  }

  // Plain loops over one array each way: HotSpot turns them into vector instructions.

  private static void multiply(float[] x, float factor) {
    for (int i = 0; i < x.length; i++) {
      x[i] *= factor;
    }
  }

  private static void scale(float[] x, float factor, float[] target) {
    for (int i = 0; i < x.length; i++) {
      target[i] = x[i] * factor;
    }
  }

  private static void combine(float[] x, float a, float[] y, float b, float[] target) {
    for (int i = 0; i < x.length; i++) {
      target[i] = a * x[i] + b * y[i];
    }
  }

  private static void blend(float[] x, float a, float[] y, float b) {
    for (int i = 0; i < x.length; i++) {
      x[i] = a * x[i] + b * y[i];
    }
  }

  private static void add(float[] x, float[] y, float b) {
    for (int i = 0; i < x.length; i++) {
      x[i] += b * y[i];
    }
  }
}
