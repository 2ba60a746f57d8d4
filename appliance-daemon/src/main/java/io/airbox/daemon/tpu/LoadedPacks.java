package io.airbox.daemon.tpu;

import io.airbox.generation.GenerationException;
import io.airbox.generation.memory.MemoryReport;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** The packs in the memory of what makes the pictures. */
public interface LoadedPacks {
  /** What is loaded and how full the heaps are; empty while nothing runs. */
  Optional<MemoryReport> report();

  /**
   * Loads a pack; without effect if it is loaded.
   *
   * @throws GenerationException {@code UNKNOWN_PACK}, {@code INVALID_PACK}, {@code OUT_OF_MEMORY}
   *     with the figures, or an engine's fault; the pack is not loaded then
   * @throws TimeoutException requests that came earlier still ran after {@code patience}; nothing
   *     was done
   */
  void load(String pack, Duration patience) throws InterruptedException, TimeoutException;

  /**
   * Gives a pack's memory back, pinned or not; without effect if it is not loaded.
   *
   * @throws GenerationException {@code UNKNOWN_PACK}, or an engine's fault
   * @throws TimeoutException as of {@link #load}
   */
  void unload(String pack, Duration patience) throws InterruptedException, TimeoutException;

  /**
   * Keeps a pack loaded, which loads it, or no longer.
   *
   * @throws GenerationException as of {@link #load}
   * @throws TimeoutException as of {@link #load}
   */
  void pin(String pack, boolean pinned, Duration patience)
      throws InterruptedException, TimeoutException;
}
