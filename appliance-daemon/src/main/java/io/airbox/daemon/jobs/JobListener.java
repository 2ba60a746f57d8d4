package io.airbox.daemon.jobs;

import io.airbox.generation.image.RgbImage;

/** Told what happens to one job, one call at a time, in order, on the subscription's executor. */
public interface JobListener {
  /**
   * The job changed. The first call is the job as it was on subscribing. Every status is told; of
   * several steps that wait to be told, only the newest is. Nothing follows a snapshot whose status
   * has {@linkplain JobStatus#ended() ended}.
   */
  void changed(JobSnapshot job);

  /**
   * A guess at the picture. Of several that wait to be told, only the newest is.
   *
   * @param picture index of the picture
   * @param step steps done
   * @param image small picture
   */
  default void preview(int picture, int step, RgbImage image) {}
}
