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
  /** Whether a tensor of that shape fits. */
  public boolean accepts(List<Long> actual) {
    if (actual.size() != shape.size()) {
      return false;
    }
    for (int axis = 0; axis < actual.size(); axis++) {
      if (shape.get(axis) >= 0 && !shape.get(axis).equals(actual.get(axis))) {
        return false;
      }
    }
    return true;
  }

  /** Element types that occur at the borders of diffusion networks. */
  public enum ElementType {
    FLOAT32,
    FLOAT16,
    BFLOAT16,
    INT32,
    INT64
  }
}
