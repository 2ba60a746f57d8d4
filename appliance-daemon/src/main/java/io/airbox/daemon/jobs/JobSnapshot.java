package io.airbox.daemon.jobs;

import io.airbox.generation.GenerationSettings;
import io.airbox.power.energy.Energy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job as it was at one moment.
 *
 * @param id time-sortable, 26 lower-case characters
 * @param owner who asked: a session or a key
 * @param status where it is in its life
 * @param created when it was submitted
 * @param started when it began to run, or null
 * @param finished when it ended, or null
 * @param position jobs before this one, running ones included; 0 when running or ended
 * @param eta time until it is done as far as can be told from measured steps; null when nothing was
 *     measured yet or when it has ended
 * @param progress how far it is
 * @param settings what it is made with
 * @param warnings sentences for the person who asked: clamped, ignored, cut
 * @param pictures those that are finished and kept, in order
 * @param energy what the machine took from its start to its end; empty before, and when that is not
 *     known
 * @param restraint what keeps it waiting besides others, or slows it down; null when nothing does
 * @param error why it failed or was cancelled, else null
 */
public record JobSnapshot(
    String id,
    String owner,
    JobStatus status,
    Instant created,
    @Nullable Instant started,
    @Nullable Instant finished,
    int position,
    @Nullable Duration eta,
    JobProgress progress,
    GenerationSettings settings,
    List<String> warnings,
    List<JobPicture> pictures,
    Optional<Energy> energy,
    @Nullable Restraint restraint,
    @Nullable JobError error) {
  public JobSnapshot {
    warnings = List.copyOf(warnings);
    pictures = List.copyOf(pictures);
  }
}
