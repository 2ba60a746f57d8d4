package io.airbox.generation.worker;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.memory.MemoryReport;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon and the worker say to each other; each message is one frame. Numbers called
 * {@code id} tie the messages of a request together.
 */
sealed interface WorkerMessage {
  /** Version of the protocol; both sides must say the same. */
  int PROTOCOL = 3;

  /** What the daemon says. */
  sealed interface ToWorker extends WorkerMessage {}

  /** What the worker says. */
  sealed interface ToDaemon extends WorkerMessage {}

  /** Make pictures. */
  record Generate(long id, GenerationSettings settings, @Nullable RgbImage image, boolean preview)
      implements ToWorker {}

  /** Stop making them; the worker still ends the request with one of the three ends. */
  record Cancel(long id) implements ToWorker {}

  /** Load a pack; ends as a request does. */
  record Load(long id, String pack) implements ToWorker {}

  /** Give a pack's memory back; ends as a request does. */
  record Unload(long id, String pack) implements ToWorker {}

  /** Keep a pack loaded, or no longer; ends as a request does. */
  record Pin(long id, String pack, boolean pinned) implements ToWorker {}

  /** Rest after each step, from now on. */
  record Pace(long restMillis) implements ToWorker {}

  /** Say that you live. */
  record Ping(long number) implements ToWorker {}

  /** End. */
  record Shutdown() implements ToWorker {}

  /** The worker's first message: its engine is ready. */
  record Hello(int protocol, String engine, String description, long pid) implements ToDaemon {}

  /** The worker's first and only message: its engine cannot be had. */
  record Unable(GenerationException.Reason reason, String message) implements ToDaemon {}

  /** A stage began. */
  record StageBegun(long id, int picture, GenerationListener.Stage stage) implements ToDaemon {}

  /** A step is done. */
  record StepDone(long id, int picture, int step, int steps, @Nullable RgbImage preview)
      implements ToDaemon {}

  /** A picture is done. */
  record PictureDone(long id, int index, GeneratedPicture picture) implements ToDaemon {}

  /** End of a request: all pictures are done. */
  record Completed(long id) implements ToDaemon {}

  /** End of a request: it was cancelled. */
  record Cancelled(long id) implements ToDaemon {}

  /** End of a request: it failed. */
  record Failed(long id, GenerationException.Reason reason, @Nullable String field, String message)
      implements ToDaemon {}

  /** What is loaded and how full the heaps are; sent when it changes and while a request runs. */
  record Memory(MemoryReport report) implements ToDaemon {}

  /**
   * The worker ends after the request that it works on; sent before that request's end, so that the
   * next one waits for a new process.
   */
  record Retiring(String reason) implements ToDaemon {}

  /** The worker lives. */
  record Pong(long number) implements ToDaemon {}
}
