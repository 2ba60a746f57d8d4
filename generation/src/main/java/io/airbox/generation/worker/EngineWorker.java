package io.airbox.generation.worker;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.PictureMaker;
import io.airbox.generation.image.RgbImage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes pictures in a process of its own. Thread-safe. */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
public final class EngineWorker implements PictureMaker, AutoCloseable {
  /** Starts a worker process in the background; {@link #status()} tells when it is ready. */
  public static EngineWorker start(WorkerOptions options) {
    throw new UnsupportedOperationException();
  }

  /** How the process is now. */
  public WorkerStatus status() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<GeneratedPicture> make(
      GenerationSettings settings,
      @Nullable RgbImage image,
      boolean preview,
      GenerationListener listener)
      throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends the process, politely at first, and removes the socket. A request that runs fails with
   * {@code WORKER_LOST}.
   */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
