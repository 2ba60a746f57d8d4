package io.airbox.generation.engine.bm1684x;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.platform.Fp16Conversions;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReducedFloatsTest {
  @Test
  void everyHalfAndEveryBfloatSurvives() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      short value = (short) bits;
      float half = ReducedFloats.fromHalf(value);
      float bfloat = ReducedFloats.fromBfloat(value);
      if (Float.isNaN(half)) {
        assertThat(ReducedFloats.fromHalf(ReducedFloats.toHalf(half))).isNaN();
      } else {
        assertThat(ReducedFloats.toHalf(half)).isEqualTo(value);
      }
      if (Float.isNaN(bfloat)) {
        assertThat(ReducedFloats.fromBfloat(ReducedFloats.toBfloat(bfloat))).isNaN();
      } else {
        assertThat(ReducedFloats.toBfloat(bfloat)).isEqualTo(value);
      }
    }
  }

  @Test
  void halvesAreWhatTheyAreElsewhere() {
    assertThat(ReducedFloats.fromHalf((short) 0x3C00)).isEqualTo(1f);
    assertThat(ReducedFloats.fromHalf((short) 0xC000)).isEqualTo(-2f);
    assertThat(ReducedFloats.fromHalf((short) 0x7BFF)).isEqualTo(65504f);
    assertThat(ReducedFloats.fromHalf((short) 0x0001)).isEqualTo(0x1p-24f);
    assertThat(ReducedFloats.fromHalf((short) 0x03FF)).isEqualTo(1023 * 0x1p-24f);
    assertThat(ReducedFloats.fromHalf((short) 0xFC00)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(ReducedFloats.fromHalf((short) 0x8000)).isEqualTo(-0f);
  }

  @Test
  void roundsToTheNearestAndTiesToEven() {
    assertThat(half(2049f)).isEqualTo(2048f);
    assertThat(half(2051f)).isEqualTo(2052f);
    assertThat(half(65519.996f)).isEqualTo(65504f);
    assertThat(half(65520f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(half(-1e30f)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(half(0x1p-25f)).isEqualTo(0f);
    assertThat(half(0x1.8p-24f)).isEqualTo(0x1p-23f);
    assertThat(half(0x1.004p-14f)).isEqualTo(0x1.004p-14f);
    assertThat(ReducedFloats.fromBfloat(ReducedFloats.toBfloat(257f))).isEqualTo(256f);
    assertThat(ReducedFloats.fromBfloat(ReducedFloats.toBfloat(259f))).isEqualTo(260f);
    assertThat(ReducedFloats.fromBfloat(ReducedFloats.toBfloat(Float.MAX_VALUE)))
        .isEqualTo(Float.POSITIVE_INFINITY);
  }

  @Test
  void agreesWithOnnxRuntime() {
    Random random = new Random(3);
    for (int i = 0; i < 300_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (!Float.isNaN(value)) {
        assertThat(ReducedFloats.toHalf(value)).isEqualTo(Fp16Conversions.mlasFloatToFp16(value));
        assertThat(ReducedFloats.toBfloat(value)).isEqualTo(Fp16Conversions.floatToBf16(value));
      }
    }
  }

  private static float half(float value) {
    return ReducedFloats.fromHalf(ReducedFloats.toHalf(value));
  }
}
