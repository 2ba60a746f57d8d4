package io.airbox.generation.worker;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.worker.WorkerMessage.Cancelled;
import io.airbox.generation.worker.WorkerMessage.Completed;
import io.airbox.generation.worker.WorkerMessage.Failed;
import io.airbox.generation.worker.WorkerMessage.PictureDone;
import io.airbox.generation.worker.WorkerMessage.StageBegun;
import io.airbox.generation.worker.WorkerMessage.StepDone;
import io.airbox.generation.worker.WorkerMessage.ToDaemon;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One request and what the worker says about it. Filled by the reader, emptied by the caller. */
final class Exchange {
  /** A message, or the news that there will be none. */
  private sealed interface Incoming {
    record Said(ToDaemon message) implements Incoming {}

    record Lost(GenerationException why) implements Incoming {}
  }

  private final long id;
  private final GenerationListener listener;
  private final BlockingQueue<Incoming> inbox = new LinkedBlockingQueue<>();

  Exchange(long id, GenerationListener listener) {
    this.id = id;
    this.listener = listener;
  }

  long id() {
    return id;
  }

  void said(ToDaemon message) {
    inbox.add(new Incoming.Said(message));
  }

  void lost(GenerationException why) {
    inbox.add(new Incoming.Lost(why));
  }

  /**
   * Passes progress to the listener until the request ends.
   *
   * @throws GenerationException it failed, or the worker was lost
   * @throws InterruptedException the calling thread was interrupted; the request goes on
   */
  List<GeneratedPicture> await() throws InterruptedException {
    List<GeneratedPicture> pictures = new ArrayList<>();
    while (true) {
      Incoming next = inbox.take();
      if (next instanceof Incoming.Lost lost) {
        throw lost.why();
      }
      ToDaemon message = ((Incoming.Said) next).message();
      if (message instanceof StageBegun stage) {
        listener.stage(stage.picture(), stage.stage());
      } else if (message instanceof StepDone step) {
        listener.step(step.picture(), step.step(), step.steps(), step.preview());
      } else if (message instanceof PictureDone done) {
        pictures.add(done.picture());
        listener.picture(done.index(), done.picture());
      } else if (message instanceof Completed) {
        return List.copyOf(pictures);
      } else if (message instanceof Failed failed) {
        throw new GenerationException(failed.reason(), failed.field(), failed.message(), null);
      } else if (message instanceof Cancelled) {
        throw new GenerationException(
            GenerationException.Reason.CANCELLED, "the worker was told to cancel");
      }
    }
  }

  /**
   * Waits for the end of a request that nobody wants any more, whatever it is.
   *
   * @return false when it did not end in time
   */
  boolean endsWithin(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          Incoming next = inbox.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
          if (next == null) {
            return false;
          }
          if (next instanceof Incoming.Lost || isEnd(((Incoming.Said) next).message())) {
            return true;
          }
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean isEnd(ToDaemon message) {
    return message instanceof Completed
        || message instanceof Failed
        || message instanceof Cancelled;
  }
}
