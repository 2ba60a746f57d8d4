package io.airbox.generation.engine.bm1684x;

/**
 * IEEE 754 half precision and bfloat16, which Java 17 does not know. To the nearest value, ties to
 * even; what is too large becomes infinite, NaN stays NaN.
 */
final class ReducedFloats {
  private static final int INFINITE = 0x7F80_0000;
  private static final int HALF_INFINITE = 0x7C00;
  private static final int NOT_A_NUMBER = 0x7E00;

  /** 2^16 as bits: from here on half precision has infinity only. */
  private static final int BEYOND_HALF = 0x4780_0000;

  /** 2^-14 as bits: below it half precision has no hidden bit. */
  private static final int SMALLEST_NORMAL_HALF = 0x3880_0000;

  /** What the exponents' biases differ by, in place. */
  private static final int BIAS = (127 - 15) << 23;

  /** The distance of two subnormal halves. */
  private static final float HALF_STEP = 0x1p-24f;

  private ReducedFloats() {}

  static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7FFF_FFFF;
    if (magnitude >= BEYOND_HALF) {
      return (short) (sign | (magnitude > INFINITE ? NOT_A_NUMBER : HALF_INFINITE));
    }
    if (magnitude < SMALLEST_NORMAL_HALF) {
      // a half's step is that of floats from 0.5 to 1: adding 0.5 rounds as wanted
      float rounded = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(0.5f));
    }
    return (short) (sign | (rounded(magnitude, 13) - BIAS) >>> 13);
  }

  static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half & HALF_INFINITE;
    int fraction = half & 0x3FF;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * HALF_STEP));
    }
    int wide = exponent == HALF_INFINITE ? INFINITE | fraction << 13 : (exponent | fraction) << 13;
    return Float.intBitsToFloat(sign | (exponent == HALF_INFINITE ? wide : wide + BIAS));
  }

  static short toBfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7FFF_FFFF) > INFINITE) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (rounded(bits, 16) >>> 16);
  }

  static float fromBfloat(short bfloat) {
    return Float.intBitsToFloat(bfloat << 16);
  }

  /** Adds to what the lowest bits, which are cut off next, make round up. */
  private static int rounded(int bits, int lowest) {
    return bits + (1 << (lowest - 1)) - 1 + (bits >>> lowest & 1);
  }
}
