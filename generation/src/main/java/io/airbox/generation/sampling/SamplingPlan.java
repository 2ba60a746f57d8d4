package io.airbox.generation.sampling;

import io.airbox.generation.GenerationException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which noise levels a picture passes through: for each step the timestep that the network is told
 * and σ before and after. Immutable; one plan serves any number of pictures.
 *
 * <p>The spacings are those of {@link Spacing}, given here for 1000 training steps. With a
 * strength, a picture does not start from noise alone but from a latent with noise added, at one of
 * the later steps:
 *
 * <ul>
 *   <li>spacing LCM: all steps run, placed on the first ⌊50·strength⌋ points of the grid;
 *   <li>otherwise LCM and DDIM run the last ⌊steps·strength⌋ steps, at least one;
 *   <li>Euler, Euler ancestral and DPM++ 2M run the last ⌊min(strength, 0.999)·steps⌋ + 1.
 * </ul>
 */
public final class SamplingPlan {
  /** Points of the grid that consistency models were distilled on. */
  private static final int LCM_GRID = 50;

  private static final double KARRAS_RHO = 7;

  private final SamplerKind sampler;
  private final Spacing spacing;
  private final int[] timesteps;
  private final double[] sigmas;
  private final boolean fromPicture;

  private SamplingPlan(
      SamplerKind sampler, Spacing spacing, int[] timesteps, double[] sigmas, boolean fromPicture) {
    this.sampler = sampler;
    this.spacing = spacing;
    this.timesteps = timesteps;
    this.sigmas = sigmas;
    this.fromPicture = fromPicture;
  }

  /**
   * Places the steps.
   *
   * @param sampler one of the samplers
   * @param spacing one of {@code sampler.spacings()}
   * @param schedule what the network was trained with
   * @param steps steps asked for: 1…{@link #maxSteps}
   * @param strength how much of a picture to replace, 0…1, or null to start from noise alone
   * @throws GenerationException {@code INVALID_REQUEST} of {@code spacing}, {@code steps} or {@code
   *     strength}
   */
  public static SamplingPlan of(
      SamplerKind sampler,
      Spacing spacing,
      NoiseSchedule schedule,
      int steps,
      @Nullable Double strength) {
    sampler.requireSpacing(spacing);
    int most = maxSteps(sampler, schedule);
    if (steps < 1 || steps > most) {
      throw GenerationException.invalid(
          "steps", "steps must be 1…" + most + " for sampler " + sampler.id() + ", was " + steps);
    }
    if (strength != null && !(strength >= 0 && strength <= 1)) {
      throw GenerationException.invalid("strength", "strength must be 0…1, was " + strength);
    }
    SigmaGrid grid =
        sampler == SamplerKind.LCM ? schedule.grid().thinned(lcmStride(schedule)) : schedule.grid();
    SamplingPlan plan =
        switch (spacing) {
          case LEADING -> atTimesteps(sampler, spacing, schedule, leading(schedule, steps));
          case TRAILING -> atTimesteps(sampler, spacing, schedule, trailing(schedule, steps));
          case LCM -> atTimesteps(sampler, spacing, schedule, lcm(schedule, steps, strength));
          case UNIFORM -> atSigmas(sampler, spacing, grid, uniform(grid, steps, steps - 1));
          case SGM_UNIFORM -> atSigmas(sampler, spacing, grid, uniform(grid, steps, steps));
          case KARRAS -> atSigmas(sampler, spacing, grid, karras(grid, steps));
        };
    return strength == null ? plan : plan.last(plan.stepsFor(strength));
  }

  /**
   * The most steps that a sampler can take: one per point of the 50-point grid for LCM, one less
   * than the training steps otherwise.
   */
  public static int maxSteps(SamplerKind sampler, NoiseSchedule schedule) {
    return sampler == SamplerKind.LCM
        ? Math.min(LCM_GRID, schedule.trainSteps())
        : schedule.trainSteps() - 1;
  }

  private static int lcmStride(NoiseSchedule schedule) {
    return Math.max(1, schedule.trainSteps() / LCM_GRID);
  }

  private static int[] leading(NoiseSchedule schedule, int steps) {
    int stride = schedule.trainSteps() / steps;
    return IntStream.range(0, steps).map(i -> (steps - 1 - i) * stride + 1).toArray();
  }

  private static int[] trailing(NoiseSchedule schedule, int steps) {
    double stride = (double) schedule.trainSteps() / steps;
    return IntStream.range(0, steps)
        .map(i -> (int) Math.rint(schedule.trainSteps() - i * stride) - 1)
        .toArray();
  }

  private static int[] lcm(NoiseSchedule schedule, int steps, @Nullable Double strength) {
    int points = (int) (LCM_GRID * (strength == null ? 1 : strength));
    if (steps > points) {
      throw GenerationException.invalid(
          "strength",
          "strength "
              + strength
              + " leaves "
              + points
              + " of LCM's "
              + LCM_GRID
              + " timesteps, fewer than the "
              + steps
              + " steps asked for; use strength "
              + (double) steps / LCM_GRID
              + " or more, or fewer steps");
    }
    int stride = lcmStride(schedule);
    return IntStream.range(0, steps).map(i -> (points - i * points / steps) * stride - 1).toArray();
  }

  /** n points evenly spread in timesteps from the top; the bottom is {@code intervals} away. */
  private static double[] uniform(SigmaGrid grid, int steps, int intervals) {
    double[] sigmas = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      double fraction = intervals == 0 ? 0 : (double) i / intervals;
      sigmas[i] = grid.sigma(grid.last() * (1 - fraction));
    }
    return sigmas;
  }

  private static double[] karras(SigmaGrid grid, int steps) {
    double top = Math.pow(grid.sigma(grid.last()), 1 / KARRAS_RHO);
    double bottom = Math.pow(grid.sigma(0), 1 / KARRAS_RHO);
    double[] sigmas = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      double fraction = steps == 1 ? 0 : (double) i / (steps - 1);
      sigmas[i] = Math.pow(top + fraction * (bottom - top), KARRAS_RHO);
    }
    return sigmas;
  }

  private static SamplingPlan atTimesteps(
      SamplerKind sampler, Spacing spacing, NoiseSchedule schedule, int[] timesteps) {
    double[] sigmas = new double[timesteps.length + 1];
    for (int i = 0; i < timesteps.length; i++) {
      sigmas[i] = schedule.sigma(timesteps[i]);
    }
    // diffusers' DDIM, configured as for Stable Diffusion, ends at the first training step
    boolean endsNoisy = sampler == SamplerKind.DDIM && timesteps[timesteps.length - 1] > 0;
    sigmas[timesteps.length] = endsNoisy ? schedule.sigma(0) : 0;
    return new SamplingPlan(sampler, spacing, timesteps, sigmas, false);
  }

  private static SamplingPlan atSigmas(
      SamplerKind sampler, Spacing spacing, SigmaGrid grid, double[] sigmas) {
    int[] timesteps =
        Arrays.stream(sigmas, 0, sigmas.length - 1).mapToInt(grid::nearestTimestep).toArray();
    return new SamplingPlan(sampler, spacing, timesteps, sigmas, false);
  }

  private int stepsFor(double strength) {
    if (spacing == Spacing.LCM) {
      return steps();
    }
    return UpdateRule.of(sampler).variancePreserving()
        ? Math.max(1, (int) (steps() * strength))
        : (int) (Math.min(strength, 0.999) * steps()) + 1;
  }

  private SamplingPlan last(int count) {
    int from = steps() - count;
    return new SamplingPlan(
        sampler,
        spacing,
        Arrays.copyOfRange(timesteps, from, timesteps.length),
        Arrays.copyOfRange(sigmas, from, sigmas.length),
        true);
  }

  /** The sampler that it is for. */
  public SamplerKind sampler() {
    return sampler;
  }

  /** The spacing that it follows. */
  public Spacing spacing() {
    return spacing;
  }

  /** Steps that really run; with a strength usually fewer than asked for. */
  public int steps() {
    return timesteps.length;
  }

  /** Whether a strength was given, so that it starts from a picture's latent. */
  public boolean fromPicture() {
    return fromPicture;
  }

  /**
   * The timestep that the network is told.
   *
   * @param step 0…{@code steps() − 1}
   */
  public int timestep(int step) {
    return timesteps[step];
  }

  /**
   * The noise level before a step, or after the last one.
   *
   * @param step 0…{@code steps()}
   */
  public double sigma(int step) {
    return sigmas[step];
  }

  @Override
  public String toString() {
    return sampler.id() + " " + spacing.id() + " " + Arrays.toString(timesteps);
  }
}
