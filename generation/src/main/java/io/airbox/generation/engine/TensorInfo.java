package io.airbox.generation.engine;

import java.util.List;

/**
 * What a network says of one input or output.
 *
 * @param name its name in the file, for messages only
 * @param type element type
 * @param shape sizes; −1 where free
 */
public record TensorInfo(String name, ElementType type, List<Long> shape) {
  /** Element types that occur at the borders of diffusion networks. */
  public enum ElementType {
    FLOAT32,
    FLOAT16,
    BFLOAT16,
    INT32,
    INT64
  }
}
