package io.airbox.sophon;

import java.util.List;

/**
 * One of the shapes that a network was compiled for: its inputs' and outputs' shapes, in the order
 * of the network's inputs and outputs. In a dynamic network they are upper bounds.
 */
public record Stage(int index, List<Shape> inputs, List<Shape> outputs) {
  public Stage {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
