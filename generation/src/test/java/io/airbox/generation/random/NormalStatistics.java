package io.airbox.generation.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;

/** Loose checks (five standard errors and more) that 20 000 numbers are standard normal. */
final class NormalStatistics {
  private NormalStatistics() {}

  static void assertNormal(float[] values) {
    double sum = 0;
    double squares = 0;
    double neighbours = 0;
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isFinite();
      sum += values[i];
      squares += values[i] * values[i];
      neighbours += i == 0 ? 0 : values[i] * values[i - 1];
    }
    assertThat(sum / values.length).as("mean").isCloseTo(0, Offset.offset(0.04));
    assertThat(squares / values.length).as("variance").isCloseTo(1, Offset.offset(0.06));
    assertThat(neighbours / values.length).as("correlation").isCloseTo(0, Offset.offset(0.04));
  }
}
