package io.airbox.sophon;

import java.util.Arrays;

/**
 * The extent of a tensor: 0 to 8 dimensions of at least one element each, none meaning a single
 * element, at most 2^40 elements.
 *
 * <p>libbmrt aborts the process on a shape without elements, so none can be made.
 */
public final class Shape {
  /** libbmrt's limit. */
  public static final int MAX_RANK = 8;

  private static final long MAX_ELEMENTS = 1L << 40;

  private final int[] dimensions;
  private final long elements;

  private Shape(int[] dimensions) {
    if (dimensions.length > MAX_RANK) {
      throw TpuException.invalid(
          "shape %s has %d dimensions; at most %d are possible",
          Arrays.toString(dimensions), dimensions.length, MAX_RANK);
    }
    long product = 1;
    for (int dimension : dimensions) {
      if (dimension < 1) {
        throw TpuException.invalid(
            "shape %s has a dimension of %d; each must be at least 1",
            Arrays.toString(dimensions), dimension);
      }
      // both factors are below 2^40 and 2^31: the product does not wrap to a small number unseen
      product = Math.multiplyHigh(product, dimension) == 0 ? product * dimension : Long.MAX_VALUE;
      if (product < 0 || product > MAX_ELEMENTS) {
        throw TpuException.invalid(
            "shape %s has more than %d elements", Arrays.toString(dimensions), MAX_ELEMENTS);
      }
    }
    this.dimensions = dimensions;
    this.elements = product;
  }

  /**
   * A shape of these dimensions, outermost first.
   *
   * @throws TpuException {@code INVALID_ARGUMENT}
   */
  public static Shape of(int... dimensions) {
    return new Shape(dimensions.clone());
  }

  public int rank() {
    return dimensions.length;
  }

  /** The extent along one axis, 0 being the outermost. */
  public int dimension(int axis) {
    return dimensions[axis];
  }

  public long elements() {
    return elements;
  }

  /** Bytes of a dense tensor of this shape. */
  public long bytes(DataType type) {
    return elements * type.bytes();
  }

  /** Whether this shape has the rank of {@code limit} and exceeds it along no axis. */
  public boolean fitsIn(Shape limit) {
    if (rank() != limit.rank()) {
      return false;
    }
    for (int axis = 0; axis < dimensions.length; axis++) {
      if (dimensions[axis] > limit.dimensions[axis]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(dimensions, that.dimensions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dimensions);
  }

  /** As {@code [1, 4, 64, 64]}. */
  @Override
  public String toString() {
    return Arrays.toString(dimensions);
  }
}
