package io.airbox.generation.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.airbox.generation.random.NormalSource;
import io.airbox.generation.random.TorchCpuNormal;
import io.airbox.generation.sampling.SamplingPlanTest.Pair;
import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final NoiseSchedule SD = NoiseSchedule.STABLE_DIFFUSION;

  /** The reference gives eight decimals; a float holds about seven digits. */
  private static final Offset<Float> SEVEN_DIGITS = Offset.offset(1e-6f);

  @Provide
  static Arbitrary<Pair> pairs() {
    return SamplingPlanTest.pairs();
  }

  private static Sampler sampler(SamplerKind kind, Spacing spacing, int steps) {
    return new Sampler(SamplingPlan.of(kind, spacing, SD, steps, null), Prediction.EPSILON, 1);
  }

  private static NormalSource always(double value) {
    return target -> Arrays.fill(target, (float) value);
  }

  /** One step from x with network output ε and noise z. */
  private static float stepFrom(Sampler sampler, double x, double epsilon, double z) {
    float[] latent = new float[1];
    sampler.start(latent, always(0));
    latent[0] = (float) x;
    sampler.step(0, latent, new float[] {(float) epsilon}, always(z));
    return latent[0];
  }

  @Test
  void lcmMakesTheStepOfTheReference() {
    Sampler sampler = sampler(SamplerKind.LCM, Spacing.LCM, 4);
    assertThat(stepFrom(sampler, 1, 0.5, 0.25)).isCloseTo(1.92092792f, SEVEN_DIGITS);
    assertThat(sampler.denoised()[0]).isCloseTo(7.34149293f, SEVEN_DIGITS);
  }

  @Test
  void lcmAddsNoNoiseAfterTheLastStep() {
    // the guess itself, but for c_skip and c_out: 7.34149292
    assertThat(stepFrom(sampler(SamplerKind.LCM, Spacing.LCM, 1), 1, 0.5, 1e6))
        .isCloseTo(7.34149292f, SEVEN_DIGITS);
  }

  @Test
  void ddimMakesTheStepOfTheReference() {
    assertThat(stepFrom(sampler(SamplerKind.DDIM, Spacing.LEADING, 20), 1, 0.5, 0))
        .isCloseTo(1.15439981f, SEVEN_DIGITS);
  }

  @Test
  void eulerMakesTheStepOfTheReference() {
    Sampler sampler = sampler(SamplerKind.EULER, Spacing.UNIFORM, 20);
    // the reference's σ are rounded to 14.6146 and 10.7468; the step halves their difference
    assertThat(stepFrom(sampler, 10, 0.5, 0)).isCloseTo(8.06608062f, Offset.offset(5e-5f));
    float[] input = new float[2];
    sampler.modelInput(0, new float[] {1}, input);
    assertThat(input).containsOnly(new float[] {0.06826491f}, Offset.offset(1e-8f));
  }

  @Test
  void eulerAncestralSplitsTheLevelAsTheReference() {
    double up = UpdateRule.EulerAncestral.up(SD.sigma(999.0), SD.sigma(999 * 18 / 19.0));
    assertThat(up).isCloseTo(7.28303295, Offset.offset(1e-5));
    double next = SD.sigma(999 * 18 / 19.0);
    assertThat(Math.sqrt(next * next - up * up)).isCloseTo(7.90260680, Offset.offset(1e-5));
  }

  @Test
  void dpmPlusPlus2mMakesTheStepsOfTheReference() {
    Sampler sampler = sampler(SamplerKind.DPMPP_2M, Spacing.KARRAS, 10);
    SamplingPlan plan = SamplingPlan.of(SamplerKind.DPMPP_2M, Spacing.KARRAS, SD, 10, null);
    float[] latent = new float[1];
    sampler.start(latent, always(0));
    latent[0] = 10;
    sampler.step(0, latent, outputFor(latent[0], 1, plan.sigma(0)), always(0));
    assertThat(latent[0]).isCloseTo(6.60577245f, Offset.offset(2e-6f));
    sampler.step(1, latent, outputFor(latent[0], 0.8, plan.sigma(1)), always(0));
    assertThat(latent[0]).isCloseTo(4.25136640f, Offset.offset(2e-6f));
  }

  private static float[] outputFor(float x, double denoised, double sigma) {
    return new float[] {(float) ((x - denoised) / sigma)};
  }

  @Test
  void velocityGivesTheGuessOfTheReference() {
    SamplingPlan plan = SamplingPlan.of(SamplerKind.LCM, Spacing.LCM, SD, 2, null);
    Sampler sampler = new Sampler(plan, Prediction.V, 1);
    float[] latent = new float[1];
    sampler.start(latent, always(0));
    sampler.step(0, latent, new float[] {0}, always(0));
    assertThat(sampler.timestep(1)).isEqualTo(499);
    latent[0] = 1;
    sampler.step(1, latent, new float[] {0.5f}, always(0));
    assertThat(sampler.denoised()[0]).isCloseTo(0.10199359f, Offset.offset(1e-7f));
  }

  @Property(tries = 300)
  void aPerfectNetworkLeadsEverySamplerToThePicture(
      @ForAll("pairs") Pair pair,
      @ForAll Prediction prediction,
      @ForAll @IntRange(min = 1, max = 30) int steps,
      @ForAll @IntRange(min = 0) int seed) {
    // leading spacing puts a single step at timestep 1, where there is nothing left to remove
    Assume.that(steps > 1 || pair.spacing() != Spacing.LEADING);
    NormalSource source = new TorchCpuNormal(seed);
    float[] target = new float[64];
    source.fill(target);
    float[] latent = new float[64];
    Sampler sampler = run(pair, prediction, steps, null, target, latent, source);
    if (pair.sampler() == SamplerKind.LCM) {
      // at timestep 0 the consistency function is the identity and would ignore the network
      assertThat(sampler.timestep(steps - 1)).isPositive();
    }
    // DDIM stops at the first training step, which leaves its noise: σ 0.029
    double left = pair.sampler() == SamplerKind.DDIM ? 0.2 : 0.002;
    assertThat(sampler.denoised()).containsExactly(target, Offset.offset(0.002f));
    assertThat(latent).containsExactly(target, Offset.offset((float) left));
  }

  @Property(tries = 200)
  void aPerfectNetworkLeadsBackToThePictureFromAnyStrength(
      @ForAll("pairs") Pair pair,
      @ForAll @IntRange(min = 1, max = 20) int steps,
      @ForAll @DoubleRange(min = 0.4, max = 1) double strength,
      @ForAll @IntRange(min = 0) int seed) {
    NormalSource source = new TorchCpuNormal(seed);
    float[] target = new float[64];
    source.fill(target);
    float[] latent = target.clone();
    run(pair, Prediction.EPSILON, steps, strength, target, latent, source);
    double left = pair.sampler() == SamplerKind.DDIM ? 0.2 : 0.002;
    assertThat(latent).containsExactly(target, Offset.offset((float) left));
  }

  /** A network that knows the picture and says exactly which noise is in its input. */
  private static Sampler run(
      Pair pair,
      Prediction prediction,
      int steps,
      Double strength,
      float[] target,
      float[] latent,
      NormalSource source) {
    SamplingPlan plan = SamplingPlan.of(pair.sampler(), pair.spacing(), SD, steps, strength);
    Sampler sampler = new Sampler(plan, prediction, target.length);
    float[] input = new float[target.length];
    float[] output = new float[target.length];
    if (strength == null) {
      sampler.start(latent, source);
    } else {
      sampler.startFrom(latent, source);
    }
    for (int step = 0; step < sampler.steps(); step++) {
      sampler.modelInput(step, latent, input);
      double sigma = plan.sigma(step);
      double signal = 1 / Math.sqrt(1 + sigma * sigma);
      double noise = sigma * signal;
      for (int i = 0; i < input.length; i++) {
        double epsilon = (input[i] - signal * target[i]) / noise;
        output[i] =
            (float)
                (prediction == Prediction.EPSILON ? epsilon : signal * epsilon - noise * target[i]);
      }
      sampler.step(step, latent, output, source);
    }
    return sampler;
  }

  @Property(tries = 100)
  void ddimAndEulerAreTheSameMethod(
      @ForAll @IntRange(min = 2, max = 20) int steps, @ForAll @IntRange(min = 0) int seed) {
    float[] ddim = viaFakeNetwork(SamplerKind.DDIM, Spacing.SGM_UNIFORM, steps, seed, 0.5);
    float[] euler = viaFakeNetwork(SamplerKind.EULER, Spacing.SGM_UNIFORM, steps, seed, 0.5);
    // they begin a little differently: noise of weight 1 against σ/√(σ²+1) = 0.9977
    assertThat(euler).containsExactly(ddim, Offset.offset(0.3f));
  }

  private static float[] viaFakeNetwork(
      SamplerKind kind, Spacing spacing, int steps, int seed, double gain) {
    Sampler sampler =
        new Sampler(SamplingPlan.of(kind, spacing, SD, steps, null), Prediction.EPSILON, 16);
    NormalSource source = new TorchCpuNormal(seed);
    float[] latent = new float[16];
    float[] input = new float[16];
    sampler.start(latent, source);
    for (int step = 0; step < steps; step++) {
      sampler.modelInput(step, latent, input);
      for (int i = 0; i < input.length; i++) {
        input[i] *= (float) gain;
      }
      sampler.step(step, latent, input, source);
    }
    return latent;
  }

  @Property(tries = 50)
  void theSameSamplerStartedAgainRepeatsItself(
      @ForAll("pairs") Pair pair, @ForAll @IntRange(min = 1, max = 8) int steps) {
    SamplingPlan plan = SamplingPlan.of(pair.sampler(), pair.spacing(), SD, steps, null);
    Sampler sampler = new Sampler(plan, Prediction.EPSILON, 16);
    float[][] results = new float[2][16];
    for (float[] latent : results) {
      NormalSource source = new TorchCpuNormal(5);
      sampler.start(latent, source);
      for (int step = 0; step < steps; step++) {
        sampler.step(step, latent, new float[16], source);
      }
    }
    assertThat(results[0]).containsExactly(results[1]);
  }

  @Test
  void fillsABatchOfTwoWithTheSameInputTwice() {
    float[] input = new float[6];
    Sampler sampler =
        new Sampler(
            SamplingPlan.of(SamplerKind.DDIM, Spacing.LEADING, SD, 4, null), Prediction.EPSILON, 3);
    sampler.modelInput(0, new float[] {1, 2, 3}, input);
    assertThat(input).containsExactly(1, 2, 3, 1, 2, 3);
  }

  @Test
  void refusesStepsOutOfTurn() {
    Sampler sampler = sampler(SamplerKind.EULER, Spacing.UNIFORM, 2);
    float[] latent = new float[1];
    sampler.start(latent, always(1));
    assertThatIllegalStateException()
        .isThrownBy(() -> sampler.step(1, latent, latent, always(1)))
        .withMessage("step 0 of 2 is next, not 1");
    sampler.step(0, latent, new float[1], always(1));
    sampler.step(1, latent, new float[1], always(1));
    assertThatIllegalStateException().isThrownBy(() -> sampler.step(2, latent, latent, always(1)));
  }

  @Test
  void refusesToStartTheOtherWay() {
    Sampler noise = sampler(SamplerKind.EULER, Spacing.UNIFORM, 2);
    assertThatIllegalStateException().isThrownBy(() -> noise.startFrom(new float[1], always(1)));
    Sampler picture =
        new Sampler(
            SamplingPlan.of(SamplerKind.EULER, Spacing.UNIFORM, SD, 2, 0.5), Prediction.EPSILON, 1);
    assertThatIllegalStateException().isThrownBy(() -> picture.start(new float[1], always(1)));
  }

  @Test
  void refusesArraysOfTheWrongLength() {
    Sampler sampler = sampler(SamplerKind.EULER, Spacing.UNIFORM, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.start(new float[2], always(1)))
        .withMessage("latent must have 1 values, had 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.step(0, new float[1], new float[0], always(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.modelInput(0, new float[1], new float[0]));
  }
}
