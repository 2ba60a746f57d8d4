package io.airbox.sophon;

import java.util.List;

/**
 * What is known of a network without running it. A network has at least one stage.
 *
 * @param dynamic whether inputs smaller than a stage's shapes are accepted
 */
public record NetworkFacts(
    String name,
    boolean dynamic,
    List<TensorSpec> inputs,
    List<TensorSpec> outputs,
    List<Stage> stages) {
  public NetworkFacts {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    stages = List.copyOf(stages);
  }
}
