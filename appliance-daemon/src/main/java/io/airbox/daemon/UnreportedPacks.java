package io.airbox.daemon;

import io.airbox.daemon.tpu.LoadedPacks;
import io.airbox.generation.GenerationException;
import io.airbox.generation.memory.MemoryReport;
import java.time.Duration;
import java.util.Optional;

/** Of a worker that keeps its packs' memory to itself: nothing is known, nothing can be steered. */
final class UnreportedPacks implements LoadedPacks {
  @Override
  public Optional<MemoryReport> report() {
    return Optional.empty();
  }

  @Override
  public void load(String pack, Duration patience) {
    throw refusal();
  }

  @Override
  public void unload(String pack, Duration patience) {
    throw refusal();
  }

  @Override
  public void pin(String pack, boolean pinned, Duration patience) {
    throw refusal();
  }

  private static GenerationException refusal() {
    return new GenerationException(
        GenerationException.Reason.ENGINE_FAULT, "this engine's worker takes no orders for packs");
  }
}
