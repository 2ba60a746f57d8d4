package io.airbox.generation.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.airbox.generation.GenerationException;
import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingPlanTest {
  private static final NoiseSchedule SD = NoiseSchedule.STABLE_DIFFUSION;

  /** A sampler with a spacing that it works with. */
  record Pair(SamplerKind sampler, Spacing spacing) {}

  @Provide
  static Arbitrary<Pair> pairs() {
    return Arbitraries.of(
        Arrays.stream(SamplerKind.values())
            .flatMap(sampler -> sampler.spacings().stream().map(s -> new Pair(sampler, s)))
            .toList());
  }

  private static SamplingPlan plan(SamplerKind sampler, Spacing spacing, int steps) {
    return SamplingPlan.of(sampler, spacing, SD, steps, null);
  }

  private static int[] timesteps(SamplingPlan plan) {
    return IntStream.range(0, plan.steps()).map(plan::timestep).toArray();
  }

  private static int[] ints(String list) {
    return Arrays.stream(list.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "LCM, LCM, 999",
    "LCM, LCM, 999 499",
    "LCM, LCM, 999 679 339",
    "LCM, LCM, 999 759 499 259",
    "LCM, LCM, 999 799 599 399 199",
    "LCM, LCM, 999 839 679 499 339 179",
    "LCM, LCM, 999 859 719 579 439 299 159",
    "LCM, LCM, 999 879 759 639 499 379 259 139",
    "LCM, LCM, 999 899 799 699 599 499 399 299 199 99",
    "LCM, UNIFORM, 999 679 339 19",
    "DDIM, LEADING, 751 501 251 1",
    "DDIM, LEADING, 951 901 851 801 751 701 651 601 551 501 451 401 351 301 251 201 151 101 51 1",
    "DDIM, TRAILING, 999",
    "DDIM, TRAILING, 999 499",
    "EULER, TRAILING, 999 749 499 249",
    "EULER, TRAILING, 999 874 749 624 499 374 249 124",
  })
  void timestepsAreThoseOfTheReference(SamplerKind sampler, Spacing spacing, String expected) {
    int[] wanted = ints(expected);
    assertThat(timesteps(plan(sampler, spacing, wanted.length))).isEqualTo(wanted);
  }

  @ParameterizedTest
  @CsvSource({
    "UNIFORM, 5e-6, 14.61464 4.08608 1.61558 0.69515 0.02917 0",
    "UNIFORM, 5e-5, 14.6146 10.7468 8.0815 6.2049 4.8557 3.8654 3.1238 2.5572 2.1157 1.7648 "
        + "1.4806 1.2458 1.0481 0.8784 0.7297 0.5964 0.4736 0.3555 0.2322 0.0292 0",
    "SGM_UNIFORM, 5e-6, 14.61464 4.08608 1.61558 0.69515 0",
    "SGM_UNIFORM, 5e-6, 14.61464 7.30198 4.08608 2.49597 1.61558 1.07116 0.69515 0.3997 0",
    "KARRAS, 5e-6, 14.61464 4.79653 1.27410 0.24795 0.02917 0",
    "KARRAS, 5e-5, 14.6146 9.1029 5.4784 3.1686 1.7494 0.9141 0.4469 0.2014 0.0819 0.0292 0",
  })
  void sigmasAreThoseOfTheReferenceToTheirLastDigit(
      Spacing spacing, double tolerance, String expected) {
    double[] wanted = Arrays.stream(expected.split(" ")).mapToDouble(Double::parseDouble).toArray();
    SamplingPlan plan = plan(SamplerKind.EULER, spacing, wanted.length - 1);
    for (int i = 0; i < wanted.length; i++) {
      assertThat(plan.sigma(i)).as("σ %d", i).isCloseTo(wanted[i], Offset.offset(tolerance * 1.2));
    }
  }

  @ParameterizedTest
  @CsvSource({"0.5, 499 379 259 139", "0.75, 739 559 379 199"})
  void lcmWithStrengthUsesTheStartOfTheGrid(double strength, String expected) {
    SamplingPlan plan = SamplingPlan.of(SamplerKind.LCM, Spacing.LCM, SD, 4, strength);
    assertThat(timesteps(plan)).isEqualTo(ints(expected));
    assertThat(plan.fromPicture()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "DDIM, LEADING, 10, 0.6, 6",
    "DDIM, LEADING, 10, 0, 1",
    "DDIM, LEADING, 10, 1, 10",
    "EULER, UNIFORM, 20, 0.75, 16",
    "EULER, UNIFORM, 20, 0, 1",
    "EULER, UNIFORM, 20, 1, 20",
    "DPMPP_2M, KARRAS, 10, 0.55, 6",
  })
  void strengthKeepsTheLastSteps(
      SamplerKind sampler, Spacing spacing, int steps, double strength, int expected) {
    SamplingPlan whole = plan(sampler, spacing, steps);
    SamplingPlan part = SamplingPlan.of(sampler, spacing, SD, steps, strength);
    assertThat(part.steps()).isEqualTo(expected);
    for (int i = 0; i <= expected; i++) {
      assertThat(part.sigma(i)).isEqualTo(whole.sigma(steps - expected + i));
    }
  }

  @Property(tries = 300)
  void sigmasFallAndTimestepsNeverRise(
      @ForAll("pairs") Pair pair, @ForAll @IntRange(min = 1, max = 50) int steps) {
    SamplingPlan plan = plan(pair.sampler(), pair.spacing(), steps);
    assertThat(plan.steps()).isEqualTo(steps);
    assertThat(plan.sigma(0)).isLessThanOrEqualTo(SD.sigma(999) * (1 + 1e-12));
    for (int i = 0; i < steps; i++) {
      assertThat(plan.sigma(i)).isGreaterThan(plan.sigma(i + 1));
      assertThat(plan.timestep(i)).isBetween(0, 999);
      if (i > 0) {
        assertThat(plan.timestep(i)).isLessThanOrEqualTo(plan.timestep(i - 1));
      }
    }
    assertThat(plan.sigma(steps)).isGreaterThanOrEqualTo(0);
  }

  @Property(tries = 100)
  void everySpacingHoldsUpToItsMostSteps(
      @ForAll("pairs") Pair pair, @ForAll @IntRange(max = 3) int below) {
    int steps = SamplingPlan.maxSteps(pair.sampler(), SD) - below;
    SamplingPlan plan = plan(pair.sampler(), pair.spacing(), steps);
    for (int i = 0; i < steps; i++) {
      assertThat(plan.sigma(i)).isGreaterThan(plan.sigma(i + 1));
    }
  }

  @Property(tries = 200)
  void moreStrengthStartsWithMoreNoiseAndRunsNoFewerSteps(
      @ForAll("pairs") Pair pair,
      @ForAll @IntRange(min = 1, max = 20) int steps,
      @ForAll @DoubleRange(min = 0.4, max = 1) double one,
      @ForAll @DoubleRange(min = 0.4, max = 1) double other) {
    SamplingPlan less = withStrength(pair, steps, Math.min(one, other));
    SamplingPlan more = withStrength(pair, steps, Math.max(one, other));
    assertThat(more.steps()).isGreaterThanOrEqualTo(less.steps());
    assertThat(more.sigma(0)).isGreaterThanOrEqualTo(less.sigma(0));
    assertThat(less.steps()).isBetween(1, steps);
  }

  private static SamplingPlan withStrength(Pair pair, int steps, double strength) {
    return SamplingPlan.of(pair.sampler(), pair.spacing(), SD, steps, strength);
  }

  @Property(tries = 50)
  void worksForOtherNumbersOfTrainingSteps(
      @ForAll("pairs") Pair pair, @ForAll @IntRange(min = 60, max = 4000) int trainSteps) {
    NoiseSchedule schedule =
        new NoiseSchedule(trainSteps, 0.0001, 0.02, NoiseSchedule.Betas.LINEAR);
    SamplingPlan plan = SamplingPlan.of(pair.sampler(), pair.spacing(), schedule, 10, null);
    for (int i = 0; i < 10; i++) {
      assertThat(plan.sigma(i)).isGreaterThan(plan.sigma(i + 1));
      assertThat(plan.timestep(i)).isBetween(0, trainSteps - 1);
    }
  }

  @Test
  void namesTheSpacingsThatWork() {
    assertRefused(SamplerKind.DDIM, Spacing.LCM, 4, null, "spacing")
        .withMessage(
            "sampler ddim does not work with spacing lcm; use one of leading, trailing, uniform, "
                + "karras, sgm_uniform");
  }

  @Test
  void namesValueAndRangeOfWrongStepsAndStrengths() {
    assertRefused(SamplerKind.LCM, Spacing.LCM, 51, null, "steps")
        .withMessage("steps must be 1…50 for sampler lcm, was 51");
    assertRefused(SamplerKind.EULER, Spacing.KARRAS, 0, null, "steps")
        .withMessage("steps must be 1…999 for sampler euler, was 0");
    assertRefused(SamplerKind.EULER, Spacing.KARRAS, 4, 1.5, "strength")
        .withMessage("strength must be 0…1, was 1.5");
    assertRefused(SamplerKind.EULER, Spacing.KARRAS, 4, Double.NaN, "strength");
    assertRefused(SamplerKind.LCM, Spacing.LCM, 8, 0.1, "strength")
        .withMessage(
            "strength 0.1 leaves 5 of LCM's 50 timesteps, fewer than the 8 steps asked for; use "
                + "strength 0.16 or more, or fewer steps");
  }

  private static ThrowableAssertAlternative<GenerationException> assertRefused(
      SamplerKind sampler, Spacing spacing, int steps, Double strength, String field) {
    return assertThatExceptionOfType(GenerationException.class)
        .isThrownBy(() -> SamplingPlan.of(sampler, spacing, SD, steps, strength))
        .satisfies(e -> assertThat(e.field()).isEqualTo(field));
  }
}
