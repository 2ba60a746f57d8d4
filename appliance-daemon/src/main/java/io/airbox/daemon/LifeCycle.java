package io.airbox.daemon;

import java.util.ArrayDeque;
import java.util.Deque;
import org.tinylog.Logger;

/**
 * The life of a service made of parts: LATENT→STARTING→STARTED→STOPPING→STOPPED, never back. Parts
 * stop in the reverse order of their start; one that fails to stop does not keep the others from
 * stopping. Thread-safe.
 */
final class LifeCycle {
  /** Where the service is in its life. */
  enum State {
    LATENT,
    STARTING,
    STARTED,
    STOPPING,
    STOPPED
  }

  /** Stops a part. */
  @FunctionalInterface
  interface Stop {
    void run() throws Exception;
  }

  private record Part(String name, Stop stop) {}

  private final Deque<Part> parts = new ArrayDeque<>();
  private State state = State.LATENT;

  synchronized State state() {
    return state;
  }

  /**
   * Begins to start.
   *
   * @throws IllegalStateException if it was started before
   */
  synchronized void starting() {
    if (state != State.LATENT) {
      throw new IllegalStateException("a service starts once; it is " + state);
    }
    state = State.STARTING;
  }

  /**
   * Remembers how to stop a part that has started.
   *
   * @throws IllegalStateException if the service is being stopped meanwhile
   */
  synchronized <T> T started(String name, T part, Stop stop) throws Exception {
    if (state != State.STARTING) {
      stop.run();
      throw new IllegalStateException("stopped while it was starting");
    }
    Logger.debug("started {}", name);
    parts.push(new Part(name, stop));
    return part;
  }

  /** All parts have started. */
  synchronized void started() {
    if (state == State.STARTING) {
      state = State.STARTED;
    }
  }

  /**
   * Stops the parts that have started. Stopping twice is allowed.
   *
   * @throws IllegalStateException with the parts' failures as suppressed ones; the others have
   *     stopped
   */
  synchronized void stop() {
    if (state == State.STOPPED) {
      return;
    }
    state = State.STOPPING;
    IllegalStateException failure = new IllegalStateException("not everything stopped in order");
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.stop().run();
        Logger.debug("stopped {}", part.name());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure.addSuppressed(e);
      } catch (Exception e) {
        failure.addSuppressed(new IllegalStateException(part.name() + " did not stop", e));
      }
    }
    state = State.STOPPED;
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }
}
