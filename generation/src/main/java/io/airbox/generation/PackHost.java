package io.airbox.generation;

import io.airbox.generation.memory.MemoryReport;
import java.util.Optional;

/** Makes pictures with packs that it keeps in memory, where they can be seen and steered. */
public interface PackHost extends PictureMaker {
  /**
   * Loads a pack before it is needed; without effect if it is loaded.
   *
   * @throws GenerationException {@code UNKNOWN_PACK}, {@code INVALID_PACK} (a hash that differs, a
   *     missing role, a network that does not fit), {@code OUT_OF_MEMORY} with the figures, {@code
   *     ENGINE_FAULT} or {@code DEVICE_HUNG}; the pack is not loaded then
   */
  void load(String pack);

  /**
   * Gives a pack's memory back, pinned or not; the next request for it loads again. Without effect
   * if it is not loaded.
   *
   * @throws GenerationException {@code UNKNOWN_PACK} if it is neither loaded nor installed
   */
  void unload(String pack);

  /**
   * Keeps a pack loaded, whatever else is asked for, or stops to. Pinning loads a pack that is not
   * loaded; it ends with {@link #unload} and with the process.
   *
   * @throws GenerationException as {@link #load}; then it is not pinned
   */
  void pin(String pack, boolean pinned);

  /** What is loaded now and how full the heaps are. */
  MemoryReport memory();

  /**
   * Why this process should end once it has answered, see {@link
   * io.airbox.generation.engine.Engine#retirement()}; empty while all is well.
   */
  Optional<String> retirement();
}
