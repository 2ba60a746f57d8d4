package io.airbox.generation.engine;

import java.util.List;

/** A loaded network. Inputs and outputs are bound by position. */
public interface Network extends AutoCloseable {
  /** The inputs in order; a free axis has size −1. */
  List<TensorInfo> inputs();

  /** The outputs in order; a free axis has size −1. */
  List<TensorInfo> outputs();

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
