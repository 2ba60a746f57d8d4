package io.airbox.sophon;

import java.util.Collection;
import java.util.Locale;

/**
 * A region of device memory, set aside when the box starts. One buffer lies in one heap whole, so
 * the sum of what is free says little.
 *
 * <p>The order is that of the library's heap indices and of the order in which it tries them.
 */
public enum Heap {
  /** Weights and activations of networks. */
  NPU(0),
  /** Pictures for the scaler. */
  VPP(1),
  /** Pictures for the video codecs. */
  VPU(2);

  private final int index;

  Heap(int index) {
    this.index = index;
  }

  /** The library's number for it. */
  public int index() {
    return index;
  }

  /**
   * The heap with this number.
   *
   * @throws TpuException {@code INVALID_ARGUMENT}
   */
  public static Heap of(int index) {
    for (Heap heap : values()) {
      if (heap.index == index) {
        return heap;
      }
    }
    throw TpuException.invalid("heap %d is not one of 0..2", index);
  }

  /** The bit that selects this heap in a heap mask. */
  public int mask() {
    return 1 << index;
  }

  /** The bits of several heaps. */
  public static int mask(Collection<Heap> heaps) {
    return heaps.stream().mapToInt(Heap::mask).reduce(0, (a, b) -> a | b);
  }

  /** As the driver writes it: {@code npu}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
