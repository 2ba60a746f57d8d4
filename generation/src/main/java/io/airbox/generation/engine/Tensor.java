package io.airbox.generation.engine;

/** Values on their way into a network; row-major. Arrays are not copied. */
@SuppressWarnings("ArrayRecordComponent") // carriers of large data, never compared
public sealed interface Tensor {
  /** Sizes of the axes. */
  long[] shape();

  /** Floating point values; {@code values} may be longer than the shape needs. */
  record Floats(float[] values, long... shape) implements Tensor {}

  /** Whole numbers: token ids and timesteps. */
  record Ints(long[] values, long... shape) implements Tensor {}
}
