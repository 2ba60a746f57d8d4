package io.airbox.generation.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class GuidanceTest {
  @Test
  void movesFromTheNegativeThroughThePositive() {
    float[] unconditional = {1, -2};
    Guidance.combine(unconditional, new float[] {2, 2}, 7.5);
    assertThat(unconditional).containsExactly(8.5f, 28);
  }

  @Test
  void scaleOneIsThePositiveAlone() {
    float[] both = {1, -2, 2, 2};
    Guidance.combine(both, 1);
    assertThat(both).containsExactly(2, 2, 2, 2);
    assertThat(Guidance.needsTwo(1)).isFalse();
    assertThat(Guidance.needsTwo(1.01)).isTrue();
  }

  @Property(tries = 100)
  void aBatchOfTwoGivesWhatTwoPassesGive(
      @ForAll @Size(8) float[] unconditional,
      @ForAll @Size(8) float[] conditional,
      @ForAll @DoubleRange(min = 1, max = 20) double scale) {
    float[] both = new float[16];
    System.arraycopy(unconditional, 0, both, 0, 8);
    System.arraycopy(conditional, 0, both, 8, 8);
    Guidance.combine(both, scale);
    float[] two = unconditional.clone();
    Guidance.combine(two, conditional, scale);
    for (int i = 0; i < 8; i++) {
      assertThat(both[i]).isEqualTo(two[i]);
    }
  }

  @Test
  void refusesOutputsThatDoNotBelongTogether() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Guidance.combine(new float[2], new float[3], 2))
        .withMessage("outputs must be equally long, were 2 and 3");
    assertThatIllegalArgumentException().isThrownBy(() -> Guidance.combine(new float[3], 2));
  }

  @Test
  void scalesLatentsForTheDecoderAndBack() {
    LatentScaling sd3 = new LatentScaling(1.5305, 0.0609);
    float[] latent = {1.5305f, 0};
    float[] input = new float[2];
    sd3.toDecoder(latent, input);
    assertThat(input).containsExactly(new float[] {1.0609f, 0.0609f}, Offset.offset(1e-6f));
    float[] back = new float[2];
    sd3.fromEncoder(new float[] {1.0609f, 0.0609f, 9, 9}, null, back);
    assertThat(back).containsExactly(latent, Offset.offset(1e-6f));
  }

  @Test
  void drawsALatentFromTheEncodersDistribution() {
    float[] latent = new float[3];
    // deviations e^(2 ln 2 / 2) = 2; e^-15 after clamping; e^10 after clamping
    float[] moments = {1, 1, 0, (float) (2 * Math.log(2)), -1000, 1000};
    new LatentScaling(0.5, 0).fromEncoder(moments, target -> Arrays.fill(target, 1), latent);
    assertThat(latent)
        .containsExactly(
            new float[] {1.5f, 0.5f, (float) (0.5 * Math.exp(10))}, Offset.offset(1e-2f));
  }

  @Test
  void refusesAScaleThatDivisionCannotUse() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LatentScaling(0, 0))
        .withMessage("scale must be above 0 and both finite, were 0.0 and 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LatentScaling(1, 0).fromEncoder(new float[3], null, new float[2]));
  }
}
