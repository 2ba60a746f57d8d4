package io.airbox.generation.engine;

import java.nio.file.Path;

/**
 * Something that runs networks: ONNX Runtime on the CPU, or a BM1684X. An engine only knows how to
 * load a network, its shapes, and how to run it; everything else is the pipeline's. Used by one
 * thread at a time.
 */
public interface Engine extends AutoCloseable {
  /** {@code onnx} or {@code bm1684x}: the key under {@code engines} in a pack. */
  String id();

  /** Name and version of the runtime, for people. */
  String description();

  /**
   * Loads a network. What it holds is given back by {@link Network#close()}.
   *
   * @param file the network's main file; files that it refers to lie beside it
   * @throws io.airbox.generation.GenerationException {@code INVALID_PACK} when the file is not a
   *     network of this engine, {@code OUT_OF_MEMORY}, or {@code ENGINE_FAULT}; nothing stays
   *     loaded
   */
  Network load(Path file);

  /**
   * Whether several threads may be inside {@link #load} at once. A BM1684X has one thread for
   * everything.
   */
  default boolean loadsConcurrently() {
    return false;
  }

  @Override
  void close();
}
