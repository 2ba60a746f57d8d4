package io.airbox.sophon;

/**
 * Device memory read as elements of a type in a shape, beginning at the memory's first byte. Owns
 * nothing: the memory is closed by whoever allocated it.
 */
public record Tensor(DeviceMemory memory, DataType type, Shape shape) {
  /**
   * Checks that the memory is large enough.
   *
   * @throws TpuException {@code INVALID_ARGUMENT}
   */
  public Tensor {
    if (shape.bytes(type) > memory.bytes()) {
      throw TpuException.invalid(
          "a tensor of %s %s needs %d bytes and does not fit in %s",
          type, shape, shape.bytes(type), memory);
    }
  }

  public long bytes() {
    return shape.bytes(type);
  }
}
