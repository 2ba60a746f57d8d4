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

  /**
   * Floating point values that stay as they are: while the same object is passed, an engine with
   * memory of its own need not take them over again. {@code values} may be longer than the shape
   * needs.
   */
  record Constant(float[] values, long... shape) implements Tensor {}

  /** Nothing but zeros, as for the residuals of a ControlNet that is not used. */
  record Zeros(long... shape) implements Tensor {}
}
