package io.airbox.daemon.jobs;

import io.airbox.power.energy.Energy;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a queue has done since it was made; the totals only grow.
 *
 * @param queued jobs that wait now
 * @param running jobs that run now
 * @param ended ended jobs that can still be asked about
 * @param completed jobs completed
 * @param failed jobs failed
 * @param cancelled jobs cancelled
 * @param refused submissions refused because the queue or the owner's share was full
 * @param pictures pictures made and kept
 * @param steps denoising steps of those pictures
 * @param loading time spent loading packs
 * @param text time of the text encoder
 * @param denoising time of the steps
 * @param decoding time of the decoder
 * @param saving time spent keeping pictures
 * @param jobEnergy what jobs took of which that is known
 * @param pictureEnergy what pictures took of which that is known
 * @param stepTime the newest estimate of one step, of whatever was made last, or null
 */
public record QueueStatistics(
    int queued,
    int running,
    int ended,
    long completed,
    long failed,
    long cancelled,
    long refused,
    long pictures,
    long steps,
    Duration loading,
    Duration text,
    Duration denoising,
    Duration decoding,
    Duration saving,
    Measured jobEnergy,
    Measured pictureEnergy,
    @Nullable Duration stepTime) {
  /**
   * Energy of several things.
   *
   * @param count of how many it is known
   * @param newest of the last of them
   */
  public record Measured(double joules, long count, Optional<Energy> newest) {
    static final Measured NOTHING = new Measured(0, 0, Optional.empty());

    Measured and(Optional<Energy> one) {
      return one.map(energy -> new Measured(joules + energy.joules(), count + 1, one)).orElse(this);
    }
  }
}
