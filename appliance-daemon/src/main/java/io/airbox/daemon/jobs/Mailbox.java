package io.airbox.daemon.jobs;

import io.airbox.generation.image.RgbImage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Events on their way to one listener. It holds at most one snapshot of each status and one
 * preview, whatever the listener's pace. Thread-safe: filled under the queue's lock, so in order;
 * {@link #pump()} is called outside of it.
 */
final class Mailbox implements JobSubscription {
  private sealed interface Event {
    record Changed(JobSnapshot job) implements Event {}

    record Preview(int picture, int step, RgbImage image) implements Event {}
  }

  private final Executor executor;
  private final JobListener listener;
  private final Deque<Event> events = new ArrayDeque<>();
  private boolean underWay;
  private volatile boolean closed;

  Mailbox(Executor executor, JobListener listener) {
    this.executor = executor;
    this.listener = listener;
  }

  /** Puts a snapshot in; one of the same status that still waits is replaced by it. */
  synchronized void put(JobSnapshot job) {
    for (Iterator<Event> waiting = events.iterator(); waiting.hasNext(); ) {
      if (waiting.next() instanceof Event.Changed changed
          && changed.job().status() == job.status()) {
        waiting.remove();
      }
    }
    events.add(new Event.Changed(job));
  }

  /** Puts a preview in; one that still waits is replaced by it. */
  synchronized void put(int picture, int step, RgbImage image) {
    events.removeIf(Event.Preview.class::isInstance);
    events.add(new Event.Preview(picture, step, image));
  }

  /** Gets the delivery going if there is something to deliver and nothing under way. */
  void pump() {
    synchronized (this) {
      if (closed || underWay || events.isEmpty()) {
        return;
      }
      underWay = true;
    }
    try {
      executor.execute(this::deliverOne);
    } catch (RejectedExecutionException gone) {
      close();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      events.clear();
    }
  }

  boolean isClosed() {
    return closed;
  }

  private void deliverOne() {
    Event event = next();
    if (event instanceof Event.Changed changed) {
      tell(() -> listener.changed(changed.job()));
    } else if (event instanceof Event.Preview preview) {
      tell(() -> listener.preview(preview.picture(), preview.step(), preview.image()));
    }
    synchronized (this) {
      underWay = false;
    }
    pump();
  }

  private synchronized @Nullable Event next() {
    return closed ? null : events.poll();
  }

  private void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException fault) {
      Logger.error(fault, "A listener failed; it is told no more");
      close();
    }
  }
}
