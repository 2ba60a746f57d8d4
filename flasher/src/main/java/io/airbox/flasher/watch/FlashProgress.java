package io.airbox.flasher.watch;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a flash is.
 *
 * @param stage where the box is
 * @param fraction 0…1; 0 while no flash goes on
 * @param estimated whether the fraction is a guess, because there is no plan
 * @param file the chunk that is worked on; empty when there is none
 * @param remaining how long it will take still; empty when nothing was measured and there is no
 *     plan
 * @param silence for how long nothing came
 * @param alarm what to make of the silence
 */
public record FlashProgress(
    Stage stage,
    double fraction,
    boolean estimated,
    String file,
    Optional<Duration> remaining,
    Duration silence,
    Alarm alarm) {
  /** What to make of a silence. */
  public enum Alarm {
    /** Usual. */
    NONE,
    /** A large chunk takes that long. */
    SLOW,
    /** Longer than any chunk should take. */
    WARNING,
    /** The box has stopped, or nothing comes through any more. */
    STALLED
  }
}
