package io.airbox.generation.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Something that runs networks: ONNX Runtime on the CPU, or a BM1684X. An engine only knows how to
 * load a network, its shapes, how to run it, and the memory that this takes; everything else is the
 * pipeline's. Used by one thread at a time.
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
   *     network of this engine, {@code OUT_OF_MEMORY}, {@code ENGINE_FAULT} or {@code DEVICE_HUNG};
   *     nothing stays loaded
   */
  Network load(Path file);

  /**
   * Whether several threads may be inside {@link #load} at once. A BM1684X has one thread for
   * everything.
   */
  default boolean loadsConcurrently() {
    return false;
  }

  /**
   * The memory that loading and running a file will take, as far as the file tells; empty when it
   * does not.
   *
   * @throws io.airbox.generation.GenerationException {@code INVALID_PACK} when the file is seen to
   *     be none that this engine can load, so that nothing is unloaded to make room for it
   */
  Optional<MemoryNeed> need(Path file);

  /**
   * The heaps that networks of this engine live in, all processes counted; empty when nobody tells.
   */
  List<HeapState> heaps();

  /** What else the device tells. */
  DeviceState device();

  /**
   * Gives back what the runtime keeps of networks that were closed while others stayed. May take as
   * long as loading those did; they go on to work.
   *
   * @throws io.airbox.generation.GenerationException {@code ENGINE_FAULT}: some that stayed are
   *     lost
   */
  default void reclaim() {}

  /**
   * Why this process should end once it has answered: the runtime has lost memory that only the
   * process's end gives back. Empty while all is well.
   */
  default Optional<String> retirement() {
    return Optional.empty();
  }

  @Override
  void close();
}
