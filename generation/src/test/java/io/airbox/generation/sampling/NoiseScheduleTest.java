package io.airbox.generation.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.airbox.generation.sampling.NoiseSchedule.Betas;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoiseScheduleTest {
  private static final NoiseSchedule SD = NoiseSchedule.STABLE_DIFFUSION;

  @ParameterizedTest
  @CsvSource({
    "0, 0.99915000",
    "19, 0.98224399",
    "249, 0.67543241",
    "259, 0.65897553",
    "499, 0.27766965",
    "519, 0.25157775",
    "599, 0.16175252",
    "759, 0.05221293",
    "999, 0.00466010",
  })
  void alphaBarAgreesWithTheReferenceToItsLastDigit(int timestep, double expected) {
    assertThat(SD.alphaBar(timestep)).isCloseTo(expected, Offset.offset(5.1e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.029167",
    "249, 0.693205",
    "499, 1.612886",
    "749, 4.081729",
    "999, 14.614641",
  })
  void sigmaAgreesWithTheReferenceToItsLastDigit(int timestep, double expected) {
    assertThat(SD.sigma(timestep)).isCloseTo(expected, Offset.offset(5.1e-7));
  }

  @Test
  void linearBetasAreThoseOfDdpm() {
    NoiseSchedule ddpm = new NoiseSchedule(1000, 1e-4, 0.02, Betas.LINEAR);
    assertThat(ddpm.alphaBar(0)).isCloseTo(0.9999, Offset.offset(1e-12));
    // Ho et al. 2020, section 4: the last level is nearly pure noise, ā ≈ 4·10⁻⁵
    assertThat(ddpm.alphaBar(999)).isCloseTo(4.0358e-5, Offset.offset(1e-8));
  }

  @Property(tries = 200)
  void nearestTimestepUndoesSigma(@ForAll @IntRange(max = 999) int timestep) {
    assertThat(SD.nearestTimestep(SD.sigma(timestep))).isEqualTo(timestep);
    assertThat(SD.sigma((double) timestep))
        .isCloseTo(SD.sigma(timestep), Offset.offset(1e-12 * SD.sigma(timestep)));
  }

  @Property(tries = 200)
  void sigmaBetweenTimestepsLiesBetweenTheirs(@ForAll @IntRange(max = 998_999) int thousandths) {
    double timestep = thousandths / 1000.0;
    int below = thousandths / 1000;
    assertThat(SD.sigma(timestep))
        .isBetween(SD.sigma(below) * (1 - 1e-12), SD.sigma(below + 1) * (1 + 1e-12));
  }

  @Property(tries = 200)
  void nearestTimestepIsNearestInLogarithm(
      @ForAll @DoubleRange(min = 0.01, max = 40) double sigma) {
    int nearest = SD.nearestTimestep(sigma);
    double distance = Math.abs(Math.log(sigma / SD.sigma(nearest)));
    for (int t = Math.max(0, nearest - 1); t <= Math.min(999, nearest + 1); t++) {
      assertThat(Math.abs(Math.log(sigma / SD.sigma(t)))).isGreaterThanOrEqualTo(distance - 1e-12);
    }
  }

  @Test
  void refusesConstantsThatMakeNoSchedule() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NoiseSchedule(1, 0.1, 0.2, Betas.LINEAR))
        .withMessage("trainSteps must be 2…100000, was 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NoiseSchedule(1000, 0.2, 0.1, Betas.LINEAR))
        .withMessage("0 < betaStart ≤ betaEnd < 1 must hold, were 0.2 and 0.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NoiseSchedule(1000, Double.NaN, 0.1, Betas.LINEAR));
  }
}
