package io.airbox.daemon.jobs;

/** A listener's place at a job. Thread-safe. */
public interface JobSubscription extends AutoCloseable {
  /**
   * Ends it. One call of the listener may be under way on another thread, no other follows. The job
   * goes on. Closing twice is allowed.
   */
  @Override
  void close();
}
