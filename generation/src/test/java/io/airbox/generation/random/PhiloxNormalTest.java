package io.airbox.generation.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PhiloxNormalTest {
  /** Published with five digits. */
  private static final Offset<Float> FIVE_DIGITS = Offset.offset(5.1e-6f);

  private static float[] draw(NormalSource source, int length) {
    float[] values = new float[length];
    source.fill(values);
    return values;
  }

  private static void assertStarts(float[] values, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(values[i]).as("value %d", i).isCloseTo((float) expected[i], FIVE_DIGITS);
    }
  }

  @Test
  void agreesWithThePublishedNumbersOfSeed0() {
    PhiloxNormal source = new PhiloxNormal(0);
    assertStarts(
        draw(source, 64),
        -0.92466,
        -0.42534,
        -2.64385,
        0.14518,
        -0.12087,
        -0.57973,
        -0.62285,
        -0.32839);
    assertStarts(draw(source, 64), 0.18083, -0.55226, 0.92381, -0.73497);
  }

  @Test
  void agreesWithThePublishedNumbersOfSeed42() {
    assertStarts(draw(new PhiloxNormal(42), 4), 0.19402, 2.16137, -0.17205, 0.84906);
  }

  @Property(tries = 50)
  void aValueDependsOnItsPlaceNotOnTheLength(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int length) {
    PhiloxNormal shorter = new PhiloxNormal(seed);
    PhiloxNormal longer = new PhiloxNormal(seed);
    for (int tensor = 0; tensor < 3; tensor++) {
      assertThat(Arrays.copyOf(draw(longer, length + 7), length))
          .containsExactly(draw(shorter, length));
    }
  }

  @Property(tries = 20)
  void looksNormal(@ForAll long seed) {
    NormalStatistics.assertNormal(draw(new PhiloxNormal(seed), 20_000));
  }

  @Test
  void theHighWordOfTheSeedCounts() {
    assertThat(draw(new PhiloxNormal(1L << 32), 4)).isNotEqualTo(draw(new PhiloxNormal(0), 4));
  }

  @Test
  void kindsMakeTheirOwnSource() {
    assertThat(NoiseKind.PHILOX.source(3)).isInstanceOf(PhiloxNormal.class);
    assertThat(NoiseKind.TORCH_CPU.source(3)).isInstanceOf(TorchCpuNormal.class);
  }
}
