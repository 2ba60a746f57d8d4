package io.airbox.daemon.jobs;

import java.time.Duration;

/**
 * Limits of a queue.
 *
 * @param capacity jobs that may wait
 * @param perOwner jobs of one owner that may wait
 * @param keepEnded how long an ended job can be asked about
 * @param maxEnded how many ended jobs can be asked about
 * @param closeTimeout how long {@link JobQueue#close()} waits for the running job
 */
public record JobQueueOptions(
    int capacity, int perOwner, Duration keepEnded, int maxEnded, Duration closeTimeout) {
  /** 64 waiting, 16 of one owner; 1,000 ended ones for ten minutes; 15 s to close. */
  public static final JobQueueOptions DEFAULTS =
      new JobQueueOptions(64, 16, Duration.ofMinutes(10), 1000, Duration.ofSeconds(15));

  public JobQueueOptions {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, was " + capacity);
    }
    if (perOwner < 1) {
      throw new IllegalArgumentException("perOwner must be at least 1, was " + perOwner);
    }
    if (maxEnded < 0) {
      throw new IllegalArgumentException("maxEnded must not be negative, was " + maxEnded);
    }
    if (keepEnded.isNegative()) {
      throw new IllegalArgumentException("keepEnded must not be negative, was " + keepEnded);
    }
    if (closeTimeout.isNegative()) {
      throw new IllegalArgumentException("closeTimeout must not be negative, was " + closeTimeout);
    }
  }
}
