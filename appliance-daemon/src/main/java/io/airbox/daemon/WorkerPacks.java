package io.airbox.daemon;

import io.airbox.daemon.tpu.LoadedPacks;
import io.airbox.generation.memory.MemoryReport;
import io.airbox.generation.worker.EngineWorker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** The packs in the memory of the engine's process. */
record WorkerPacks(EngineWorker worker) implements LoadedPacks {
  @Override
  public Optional<MemoryReport> report() {
    return worker.memory();
  }

  @Override
  public void load(String pack, Duration patience) throws InterruptedException, TimeoutException {
    worker.load(pack, patience);
  }

  @Override
  public void unload(String pack, Duration patience) throws InterruptedException, TimeoutException {
    worker.unload(pack, patience);
  }

  @Override
  public void pin(String pack, boolean pinned, Duration patience)
      throws InterruptedException, TimeoutException {
    worker.pin(pack, pinned, patience);
  }
}
