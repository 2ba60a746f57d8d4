package io.airbox.daemon.jobs;

/** A listener's place at a job. Thread-safe. */
public interface JobSubscription extends AutoCloseable {
  /**
   * Ends it: no call of the listener begins after this returns, but one that has begun on another
   * thread may still be under way. The job goes on. Closing twice is allowed.
   */
  @Override
  void close();
}
