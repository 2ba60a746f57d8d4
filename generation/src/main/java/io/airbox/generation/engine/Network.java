package io.airbox.generation.engine;

import java.util.List;
import java.util.Optional;

/** A loaded network. Inputs and outputs are bound by position. */
public interface Network extends AutoCloseable {
  /** The inputs in order; a free axis has size −1. */
  List<TensorInfo> inputs();

  /** The outputs in order; a free axis has size −1. */
  List<TensorInfo> outputs();

  /**
   * The shapes that all inputs have when the first ones have these; a size that stays free is −1.
   * Empty when the network cannot be run so: a network compiled for fixed shapes takes only certain
   * ones together.
   *
   * @param leading shapes of the first inputs, at most as many as there are
   */
  default Optional<List<List<Long>>> shapes(List<List<Long>> leading) {
    List<TensorInfo> inputs = inputs();
    for (int i = 0; i < leading.size(); i++) {
      if (i >= inputs.size() || !inputs.get(i).accepts(leading.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(inputs.stream().map(TensorInfo::shape).toList());
  }

  /**
   * Runs the network once and returns its first output as floats, whatever its element type.
   *
   * @param inputs one per input of the network; converted to the element type that the network
   *     declares
   * @param output receives the first output's values; may be longer than they are
   * @throws io.airbox.generation.GenerationException {@code ENGINE_FAULT} with the runtime's
   *     message
   * @throws IllegalArgumentException if a shape does not fit; nothing ran
   */
  void run(List<Tensor> inputs, float[] output);

  /** What it holds now, as far as its engine knows; grows when buffers are made at a first run. */
  List<Holding> holdings();

  @Override
  void close();
}
