package io.airbox.daemon.jobs;

import io.airbox.daemon.pictures.PictureSink;
import io.airbox.generation.GenerationRequest;
import io.airbox.generation.PictureMaker;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The queue behind every API: bounded, fair between owners, first in first out for each owner.
 * Thread-safe.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
public final class JobQueue implements AutoCloseable {

  /** A queue on the system's clock. */
  public JobQueue(
      JobQueueOptions options, JobPlanner planner, List<PictureMaker> makers, PictureSink sink) {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes a queue and starts its runners, one thread per maker.
   *
   * @param clock time in ids and snapshots
   * @param nanoTime time that only grows, for measuring
   * @param random random part of ids
   */
  public JobQueue(
      JobQueueOptions options,
      JobPlanner planner,
      List<PictureMaker> makers,
      PictureSink sink,
      InstantSource clock,
      LongSupplier nanoTime,
      RandomGenerator random) {
    throw new UnsupportedOperationException();
  }

  /**
   * Plans and queues a request.
   *
   * @param owner who asks; owners take turns
   * @throws io.airbox.generation.GenerationException the planner's; nothing was queued
   * @throws JobRefusedException the queue is full or closed, or the owner's share is used up;
   *     nothing was queued
   */
  public JobSnapshot submit(String owner, GenerationRequest request) {
    throw new UnsupportedOperationException();
  }

  /** A job that waits, runs or ended lately. */
  public Optional<JobSnapshot> job(String id) {
    throw new UnsupportedOperationException();
  }

  /** True for an id that a queue may have given out but that this one does not know any more. */
  public boolean forgotten(String id) {
    throw new UnsupportedOperationException();
  }

  /** The jobs that wait, run or ended lately, newest first. */
  public List<JobSnapshot> jobs() {
    throw new UnsupportedOperationException();
  }

  /**
   * Cancels a job. A job that waits ends at once; a running one is interrupted and ends within one
   * step.
   *
   * @param reason a sentence for the job's error, such as "cancelled by its owner"
   * @return empty when there is no such job
   */
  public Optional<Cancellation> cancel(String id, String reason) {
    throw new UnsupportedOperationException();
  }

  /**
   * Subscribes to a job. The listener is first told the job as it is now, then every change. Each
   * event is one task given to {@code executor}, and the next one is given only after it has run:
   * an executor that holds a task back (a full connection) makes steps conflate, and nobody waits
   * for it.
   *
   * @param executor where the listener is called; one that rejects a task ends the subscription
   * @return empty when there is no such job; the listener is not called then
   */
  public Optional<JobSubscription> subscribe(String id, Executor executor, JobListener listener) {
    throw new UnsupportedOperationException();
  }

  /** Figures for metrics. */
  public QueueStatistics statistics() {
    throw new UnsupportedOperationException();
  }

  /**
   * Stops: accepts no more, cancels what waits, interrupts what runs and waits for it, at most the
   * options' {@code closeTimeout}. Closing twice is allowed. The makers are not closed.
   */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
