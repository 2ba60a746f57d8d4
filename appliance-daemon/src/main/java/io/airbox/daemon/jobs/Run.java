package io.airbox.daemon.jobs;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.image.RgbImage;
import org.jspecify.annotations.Nullable;

/** A job on its runner. The maker tells it how the job comes along, on the runner's thread. */
final class Run implements GenerationListener {
  final Job job;
  final @Nullable RgbImage image;
  final Thread thread;

  private final JobQueue queue;
  // the runner's own
  private @Nullable Stage stage;
  private final long began;
  private long lapBegin;
  private @Nullable JobError storageError;

  /**
   * @param began by the queue's nanoseconds
   */
  Run(JobQueue queue, Job job, @Nullable RgbImage image, Thread thread, long began) {
    this.queue = queue;
    this.job = job;
    this.image = image;
    this.thread = thread;
    this.began = began;
    this.lapBegin = began;
  }

  @Override
  public void stage(int picture, Stage next) {
    queue.stage(this, picture, next);
  }

  @Override
  public void step(int picture, int step, int steps, @Nullable RgbImage preview) {
    queue.step(this, picture, step, steps, preview);
  }

  @Override
  public void picture(int index, GeneratedPicture picture) {
    if (storageError == null) {
      queue.picture(this, index, picture);
    }
  }

  long began() {
    return began;
  }

  /** Goes into the next stage and returns the one that was left. */
  @Nullable Stage enter(@Nullable Stage next) {
    Stage left = stage;
    stage = next;
    return left;
  }

  /** Nanoseconds since the last lap. */
  long lap(long now) {
    long lap = now - lapBegin;
    lapBegin = now;
    return lap;
  }

  /** What has been made cannot be kept, so the rest need not be made. */
  void stopFor(JobError error) {
    storageError = error;
    thread.interrupt();
  }

  @Nullable JobError storageError() {
    return storageError;
  }
}
