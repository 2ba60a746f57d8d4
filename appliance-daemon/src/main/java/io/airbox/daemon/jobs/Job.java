package io.airbox.daemon.jobs;

import io.airbox.generation.GenerationSettings;
import io.airbox.generation.image.RgbImage;
import io.airbox.power.energy.Energy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A job's changing part; everything in it is guarded by the queue's lock. */
final class Job {
  final String id;
  final String owner;

  /** Whose turn it takes. */
  final Share share;

  final Instant created;
  final GenerationSettings settings;
  final boolean preview;
  final List<Mailbox> mailboxes = new ArrayList<>();

  /** What planning said, which goes for each picture. */
  final List<String> planWarnings;

  private final Set<String> warnings;
  private final List<JobPicture> pictures = new ArrayList<>();
  private JobStatus status = JobStatus.QUEUED;
  private JobProgress progress;
  private @Nullable RgbImage image;
  private @Nullable Instant started;
  private @Nullable Instant finished;
  private @Nullable JobError error;
  private Optional<Energy> energy = Optional.empty();
  private @Nullable JobError cancelReason;

  Job(
      String id,
      String owner,
      Share share,
      Instant created,
      JobPlanner.Plan plan,
      @Nullable RgbImage image,
      boolean preview) {
    this.id = id;
    this.owner = owner;
    this.share = share;
    this.created = created;
    this.settings = plan.settings();
    this.planWarnings = List.copyOf(plan.warnings());
    this.warnings = new LinkedHashSet<>(planWarnings);
    this.image = image;
    this.preview = preview;
    this.progress = new JobProgress(0, settings.count(), null, 0, settings.steps(), 0);
  }

  JobStatus status() {
    return status;
  }

  JobProgress progress() {
    return progress;
  }

  @Nullable RgbImage image() {
    return image;
  }

  @Nullable Instant finished() {
    return finished;
  }

  @Nullable JobError cancelReason() {
    return cancelReason;
  }

  void start(Instant now) {
    if (status != JobStatus.QUEUED) {
      throw new IllegalStateException("job " + id + " cannot start, it is " + status.id());
    }
    status = JobStatus.RUNNING;
    started = now;
  }

  void cancelling(JobError reason) {
    cancelReason = reason;
  }

  void progress(JobProgress now) {
    progress = now;
  }

  void made(JobPicture picture, List<String> itsWarnings) {
    pictures.add(picture);
    warnings.addAll(itsWarnings);
  }

  void took(Optional<Energy> whole) {
    energy = whole;
  }

  /** Ends it; what only a job that may still run needs is let go. */
  void end(JobStatus how, @Nullable JobError why, Instant now) {
    if (status.ended()) {
      throw new IllegalStateException("job " + id + " cannot end, it is " + status.id());
    }
    status = how;
    error = why;
    finished = now;
    image = null;
    double fraction = how == JobStatus.COMPLETED ? 1 : progress.fraction();
    progress =
        new JobProgress(
            progress.picture(),
            progress.pictures(),
            null,
            progress.step(),
            progress.steps(),
            fraction);
  }

  JobSnapshot snapshot(Place place, Restraint restraint) {
    return new JobSnapshot(
        id,
        owner,
        status,
        created,
        started,
        finished,
        place.position(),
        place.eta(),
        progress,
        settings,
        List.copyOf(warnings),
        pictures,
        energy,
        status.ended() || !restraint.holds() ? null : restraint,
        error);
  }
}
