package io.airbox.daemon.jobs;

import io.airbox.generation.GeneratedPicture.Timings;
import io.airbox.power.energy.Energy;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Totals of a queue. Not thread-safe. */
final class Tally {
  private long completed;
  private long failed;
  private long cancelled;
  private long refused;
  private long pictures;
  private long steps;
  private long loading;
  private long text;
  private long denoising;
  private long decoding;
  private long saving;
  private QueueStatistics.Measured jobEnergy = QueueStatistics.Measured.NOTHING;
  private QueueStatistics.Measured pictureEnergy = QueueStatistics.Measured.NOTHING;

  void ended(JobStatus status) {
    switch (status) {
      case COMPLETED -> completed++;
      case FAILED -> failed++;
      case CANCELLED -> cancelled++;
      case QUEUED, RUNNING ->
          throw new IllegalArgumentException(status.id() + " is not how a job ends");
    }
  }

  void refused() {
    refused++;
  }

  void loading(long nanos) {
    loading += nanos;
  }

  void jobTook(Optional<Energy> energy) {
    jobEnergy = jobEnergy.and(energy);
  }

  void picture(Timings timings, long savingNanos, Optional<Energy> energy) {
    pictures++;
    steps += timings.steps();
    text += timings.text();
    denoising += timings.denoise();
    decoding += timings.decode();
    saving += savingNanos;
    pictureEnergy = pictureEnergy.and(energy);
  }

  QueueStatistics statistics(int queued, int running, int ended, @Nullable Double stepNanos) {
    return new QueueStatistics(
        queued,
        running,
        ended,
        completed,
        failed,
        cancelled,
        refused,
        pictures,
        steps,
        Duration.ofNanos(loading),
        Duration.ofNanos(text),
        Duration.ofNanos(denoising),
        Duration.ofNanos(decoding),
        Duration.ofNanos(saving),
        jobEnergy,
        pictureEnergy,
        stepNanos == null ? null : Duration.ofNanos(stepNanos.longValue()));
  }
}
