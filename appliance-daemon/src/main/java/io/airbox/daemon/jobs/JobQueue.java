package io.airbox.daemon.jobs;

import io.airbox.daemon.pictures.PictureSink;
import io.airbox.daemon.pictures.PictureStoreException;
import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationListener.Stage;
import io.airbox.generation.GenerationRequest;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.PictureMaker;
import io.airbox.generation.StartImage;
import io.airbox.generation.image.RgbImage;
import io.airbox.power.energy.Energy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The queue behind every API: bounded, fair between owners, first in first out for each owner.
 *
 * <p>Thread-safe. One lock guards everything; planning, making, saving and listeners run outside of
 * it. Each {@link PictureMaker} has one thread, so it makes one job at a time.
 */
public final class JobQueue implements AutoCloseable {
  private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofHours(1);

  /** When somebody who was refused for heat may ask again. */
  private static final Duration LONG_REST = Duration.ofMinutes(1);

  /** What a job is taken to last before anything was measured. */
  private static final Duration UNMEASURED_JOB = Duration.ofSeconds(5);

  private final JobQueueOptions options;
  private final JobPlanner planner;
  private final PictureSink sink;
  private final EnergyUse energy;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  // everything below is guarded by the lock
  private final JobIds ids;
  private final Map<String, Job> jobs = new HashMap<>();
  private final WaitingLine<Job> waiting = new WaitingLine<>();
  private final Set<Run> running = new LinkedHashSet<>();
  private final Deque<Job> ended = new ArrayDeque<>();
  private final StepTimes times = new StepTimes();
  private final Tally tally = new Tally();
  private final Set<Mailbox> filled = new LinkedHashSet<>();
  private @Nullable String loadedPack;
  private Restraint restraint = Restraint.NONE;
  private boolean closed;

  private final List<Thread> runners = new ArrayList<>();

  /** A queue on the system's clock, of a machine that does not measure its power. */
  public JobQueue(
      JobQueueOptions options, JobPlanner planner, List<PictureMaker> makers, PictureSink sink) {
    this(options, planner, makers, sink, EnergyUse.UNKNOWN);
  }

  /** A queue on the system's clock. */
  public JobQueue(
      JobQueueOptions options,
      JobPlanner planner,
      List<PictureMaker> makers,
      PictureSink sink,
      EnergyUse energy) {
    this(
        options,
        planner,
        makers,
        sink,
        energy,
        InstantSource.system(),
        System::nanoTime,
        RandomGenerator.of("SecureRandom"));
  }

  /**
   * Makes a queue and starts its runners, one thread per maker.
   *
   * @param energy what the machine took
   * @param clock time in ids and snapshots
   * @param nanoTime time that only grows, for measuring
   * @param random random part of ids
   */
  public JobQueue(
      JobQueueOptions options,
      JobPlanner planner,
      List<PictureMaker> makers,
      PictureSink sink,
      EnergyUse energy,
      InstantSource clock,
      LongSupplier nanoTime,
      RandomGenerator random) {
    if (makers.isEmpty()) {
      throw new IllegalArgumentException("makers must not be empty");
    }
    this.options = options;
    this.planner = planner;
    this.sink = sink;
    this.energy = energy;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.ids = new JobIds(clock, random);
    for (PictureMaker maker : makers) {
      Thread runner = new Thread(() -> runJobs(maker), "job-runner-" + runners.size());
      runner.setDaemon(true);
      runners.add(runner);
    }
    runners.forEach(Thread::start);
  }

  /**
   * Plans and queues a request.
   *
   * @param owner who asks; owners take turns
   * @throws GenerationException the planner's; nothing was queued
   * @throws JobRefusedException the queue is full or closed, or the owner's share is used up;
   *     nothing was queued
   */
  public JobSnapshot submit(String owner, GenerationRequest request) {
    return submit(owner, new Share(owner, false), request);
  }

  /**
   * Plans and queues a request of one owner among several who share their turns and their places in
   * the queue.
   *
   * @param owner who asks
   * @param share those with whom the owner takes turns, and may wait, as one
   * @throws GenerationException the planner's; nothing was queued
   * @throws JobRefusedException the queue is full or closed, or the share is used up; nothing was
   *     queued
   */
  public JobSnapshot submit(String owner, Share share, GenerationRequest request) {
    JobPlanner.Plan plan = planner.plan(request);
    RgbImage start = startImage(plan.settings(), request.image());
    return locked(
        () -> {
          forgetOld();
          requireRoom(share);
          Job job =
              new Job(ids.next(), owner, share, clock.instant(), plan, start, request.preview());
          jobs.put(job.id, job);
          waiting.add(share, job);
          work.signal();
          tellWaiting();
          return snapshot(job);
        });
  }

  /**
   * The picture to start from in the size that is made: as sent it may take 50 MB, and many jobs
   * wait.
   */
  private static @Nullable RgbImage startImage(
      GenerationSettings settings, @Nullable RgbImage image) {
    return image == null || settings.strength() == null
        ? null
        : StartImage.cover(image, settings.width(), settings.height());
  }

  /** A job that waits, runs or ended lately. */
  public Optional<JobSnapshot> job(String id) {
    return locked(
        () -> {
          forgetOld();
          return Optional.ofNullable(jobs.get(id)).map(this::snapshot);
        });
  }

  /** How many jobs of this owner wait or run. */
  public int live(String owner) {
    return locked(
        () ->
            (int)
                jobs.values().stream()
                    .filter(job -> job.owner.equals(owner) && !job.status().ended())
                    .count());
  }

  /** True for an id that a queue may have given out but that this one does not know any more. */
  public boolean forgotten(String id) {
    return job(id).isEmpty()
        && JobIds.timeOf(id).filter(time -> !time.isAfter(clock.instant())).isPresent();
  }

  /** The jobs that wait, run or ended lately, newest first. */
  public List<JobSnapshot> jobs() {
    return locked(
        () -> {
          forgetOld();
          Map<Job, Place> places = placesOfWaiting();
          return jobs.values().stream()
              .map(job -> job.snapshot(places.getOrDefault(job, placeOfStarted(job)), restraint))
              .sorted(Comparator.comparing(JobSnapshot::id).reversed())
              .toList();
        });
  }

  /**
   * Cancels a job. A job that waits ends at once; a running one is interrupted and ends within one
   * step, as completed if it was done already.
   *
   * @param reason a sentence for the job's error, such as "cancelled by its owner"
   * @return empty when there is no such job
   */
  public Optional<Cancellation> cancel(String id, String reason) {
    return locked(
        () -> {
          forgetOld();
          Job job = jobs.get(id);
          if (job == null) {
            return Optional.empty();
          }
          boolean accepted = !job.status().ended();
          if (job.status() == JobStatus.QUEUED) {
            waiting.remove(job.share, job);
            end(job, JobStatus.CANCELLED, cancelled(reason));
            tellWaiting();
          } else if (accepted) {
            interrupt(job, cancelled(reason));
          }
          return Optional.of(new Cancellation(accepted, snapshot(job)));
        });
  }

  /**
   * Subscribes to a job. The listener is first told the job as it is now, then every change. Each
   * event is one task given to {@code executor}, and the next one is given only after it has run:
   * an executor that holds a task back (a full connection) makes steps conflate, and nobody waits
   * for it.
   *
   * @param executor where the listener is called, never under a lock of the queue; one that rejects
   *     a task ends the subscription
   * @return empty when there is no such job; the listener is not called then
   */
  public Optional<JobSubscription> subscribe(String id, Executor executor, JobListener listener) {
    return locked(
        () -> {
          forgetOld();
          Job job = jobs.get(id);
          if (job == null) {
            return Optional.empty();
          }
          Mailbox mailbox = new Mailbox(executor, listener);
          mailbox.put(snapshot(job));
          filled.add(mailbox);
          if (!job.status().ended()) {
            job.mailboxes.add(mailbox);
          }
          return Optional.of(mailbox);
        });
  }

  /**
   * Works under a restraint from now on, or under none. Jobs that run go on, also where fewer may.
   * Who listens is told when the restraint is of another kind than before.
   */
  public void restrain(Restraint now) {
    locked(
        () -> {
          boolean other = !now.kind().equals(restraint.kind());
          restraint = now;
          if (other) {
            work.signalAll();
            running.forEach(run -> tell(run.job));
            tellWaiting();
          }
          return null;
        });
  }

  /** What restrains the queue now. */
  public Restraint restraint() {
    return locked(() -> restraint);
  }

  /** Cancels what runs, for heat; what waits goes on waiting. */
  public void cancelRunning(String reason) {
    JobError why = new JobError(JobRefusedException.Reason.TOO_HOT.name(), null, reason);
    locked(
        () -> {
          running.forEach(run -> interrupt(run.job, why));
          return null;
        });
  }

  /** Figures for metrics. */
  public QueueStatistics statistics() {
    return locked(
        () -> {
          forgetOld();
          return tally.statistics(waiting.size(), running.size(), ended.size(), times.newestStep());
        });
  }

  /**
   * Stops: accepts no more, cancels what waits, interrupts what runs and waits for it, at most the
   * options' {@code closeTimeout}; a job that runs on all the same is left to its thread and told
   * as cancelled. Closing twice is allowed. The makers are not closed. When the calling thread is
   * interrupted it stops waiting and stays interrupted.
   */
  @Override
  public void close() {
    String reason = "the daemon is stopping";
    locked(
        () -> {
          closed = true;
          while (!waiting.isEmpty()) {
            end(waiting.poll(), JobStatus.CANCELLED, cancelled(reason));
          }
          running.forEach(run -> interrupt(run.job, cancelled(reason)));
          work.signalAll();
          return null;
        });
    awaitRunners();
    locked(
        () -> {
          for (Run run : running) {
            if (!run.job.status().ended()) {
              Logger.warn("Job {} did not stop within {}", run.job.id, options.closeTimeout());
              end(run.job, JobStatus.CANCELLED, cancelled(reason));
            }
          }
          return null;
        });
  }

  private void awaitRunners() {
    long deadline = System.nanoTime() + options.closeTimeout().toNanos();
    try {
      for (Thread runner : runners) {
        long millis = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
        runner.join(millis);
      }
    } catch (InterruptedException stopWaiting) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the runner's side

  private void runJobs(PictureMaker maker) {
    for (Run run = nextRun(); run != null; run = nextRun()) {
      Job job = run.job;
      JobStatus status = JobStatus.FAILED;
      JobError error = null;
      try {
        maker.make(job.settings, run.image, job.preview, run);
        status = JobStatus.COMPLETED;
      } catch (InterruptedException interrupted) {
        status = JobStatus.CANCELLED;
        error = cancelled("interrupted");
      } catch (GenerationException refused) {
        if (refused.reason() == GenerationException.Reason.CANCELLED) {
          status = JobStatus.CANCELLED;
        }
        error = new JobError(refused.reason().name(), refused.field(), text(refused));
      } catch (Throwable fault) { // the runner outlives whatever a maker does
        Logger.error(fault, "Job {} failed for a reason that nobody foresaw", job.id);
        error = new JobError("INTERNAL", null, fault.toString());
      }
      ended(run, status, error);
    }
  }

  private @Nullable Run nextRun() {
    return locked(
        () -> {
          while (!closed && (waiting.isEmpty() || running.size() >= restraint.running())) {
            work.awaitUninterruptibly();
          }
          if (waiting.isEmpty()) {
            return null;
          }
          Job job = waiting.poll();
          RgbImage image = job.image();
          job.start(clock.instant());
          Run run = new Run(this, job, image, Thread.currentThread(), nanoTime.getAsLong());
          running.add(run);
          loadedPack = job.settings.pack();
          tell(job);
          tellWaiting();
          return run;
        });
  }

  private void ended(Run run, JobStatus status, @Nullable JobError error) {
    Optional<Energy> took = energy.upTo(run.began(), nanoTime.getAsLong());
    locked(
        () -> {
          Job job = run.job;
          running.remove(run);
          work.signal();
          boolean ignored =
              Thread.interrupted(); // a cancel that came too late is not the next job's
          if (!job.status().ended()) {
            job.took(took);
            tally.jobTook(took);
            JobError storage = run.storageError();
            JobError reason = job.cancelReason();
            if (storage != null) {
              end(job, JobStatus.FAILED, storage);
            } else if (status == JobStatus.CANCELLED && reason != null) {
              end(job, status, reason);
            } else {
              end(job, status, error);
            }
          }
          tellWaiting();
          return ignored;
        });
  }

  void stage(Run run, int picture, Stage stage) {
    locked(
        () -> {
          Job job = run.job;
          learn(run, stage);
          JobProgress before = job.progress();
          boolean same = before.picture() == picture;
          progress(
              job,
              picture,
              stage,
              same ? before.step() : 0,
              same ? before.steps() : job.settings.steps());
          return null;
        });
  }

  void step(Run run, int picture, int step, int steps, @Nullable RgbImage preview) {
    locked(
        () -> {
          Job job = run.job;
          if (job.status() != JobStatus.RUNNING) {
            return null;
          }
          long nanos = run.lap(nanoTime.getAsLong());
          times.stepped(job.settings, nanos);
          progress(job, picture, Stage.DENOISING, step, steps);
          if (preview != null) {
            for (Mailbox mailbox : job.mailboxes) {
              mailbox.put(picture, step, preview);
              filled.add(mailbox);
            }
          }
          return null;
        });
  }

  void picture(Run run, int index, GeneratedPicture picture) {
    Job job = run.job;
    learnInLock(run);
    String id = job.id + "-" + index;
    long begin = nanoTime.getAsLong();
    Optional<Energy> took = energy.upTo(begin - picture.timings().total(), begin);
    try {
      sink.save(id, job.id, job.owner, picture.warnedBefore(job.planWarnings), took);
    } catch (PictureStoreException full) {
      run.stopFor(new JobError(full.reason().name(), null, text(full)));
      return;
    } catch (RuntimeException fault) {
      Logger.error(fault, "Picture {} could not be kept", id);
      run.stopFor(new JobError("INTERNAL", null, fault.toString()));
      return;
    }
    long saving = nanoTime.getAsLong() - begin;
    locked(
        () -> {
          tally.picture(picture.timings(), saving, took);
          if (job.status() == JobStatus.RUNNING) {
            GenerationSettings used = picture.settings();
            job.made(
                new JobPicture(
                    id, used.seed(), picture.image().width(), picture.image().height(), took),
                picture.warnings());
            boolean last = index + 1 == job.settings.count();
            JobProgress now = job.progress();
            progress(
                job, last ? index : index + 1, now.stage(), last ? now.steps() : 0, now.steps());
          }
          return null;
        });
  }

  private void learnInLock(Run run) {
    locked(
        () -> {
          learn(run, null);
          return null;
        });
  }

  /** Books the time since the last event on the stage that ends now. */
  private void learn(Run run, @Nullable Stage next) {
    Stage done = run.enter(next);
    long nanos = run.lap(nanoTime.getAsLong());
    if (done == null || done == Stage.DENOISING) {
      return; // steps are measured one by one
    }
    switch (done) {
      case LOADING -> {
        times.loaded(run.job.settings, nanos);
        tally.loading(nanos);
      }
      case TEXT -> times.encodedText(run.job.settings, nanos);
      case DECODING -> times.decoded(run.job.settings, nanos);
      case DENOISING -> {}
    }
  }

  private void progress(Job job, int picture, @Nullable Stage stage, int step, int steps) {
    if (job.status() != JobStatus.RUNNING) {
      return; // ended by close() while its maker runs on
    }
    int pictures = job.settings.count();
    double fraction = (picture + (double) step / Math.max(1, steps)) / pictures;
    job.progress(new JobProgress(picture, pictures, stage, step, steps, Math.min(1, fraction)));
    tell(job);
  }

  // ---- under the lock

  /** Runs under the lock and afterwards delivers what it put into mailboxes. */
  private <T extends @Nullable Object> T locked(Supplier<T> action) {
    List<Mailbox> due = List.of();
    lock.lock();
    try {
      T result = action.get();
      due = List.copyOf(filled);
      filled.clear();
      return result;
    } finally {
      lock.unlock();
      due.forEach(Mailbox::pump);
    }
  }

  private void requireRoom(Share share) {
    if (closed) {
      throw new JobRefusedException(
          JobRefusedException.Reason.CLOSED, SHORTEST_RETRY, "the daemon is stopping");
    }
    int own = waiting.size(share);
    if (waiting.size() >= restraint.places()) {
      tally.refused();
      throw new JobRefusedException(
          JobRefusedException.Reason.TOO_HOT,
          restraint.places() == 0 ? LONG_REST : retryAfter(0),
          restraint.reason()
              + "; "
              + (restraint.places() == 0
                  ? "no job is taken until then"
                  : waiting.size() + " jobs wait, which is the most until then"));
    }
    if (waiting.size() >= options.capacity()) {
      tally.refused();
      throw new JobRefusedException(
          JobRefusedException.Reason.QUEUE_FULL,
          retryAfter(0),
          "the queue is full: " + waiting.size() + " jobs wait and it holds " + options.capacity());
    }
    int places = Math.max(1, options.capacity() / 2);
    if (share.guest() && waiting.guests() >= places) {
      tally.refused();
      throw new JobRefusedException(
          JobRefusedException.Reason.QUEUE_FULL,
          retryAfter(0),
          "the queue is full for guests: "
              + waiting.guests()
              + " of their jobs wait, and they have "
              + places
              + " of its "
              + options.capacity()
              + " places");
    }
    if (own >= options.perOwner()) {
      tally.refused();
      List<Job> order = waiting.inOrder();
      int before = 0;
      while (!order.get(before).share.equals(share)) {
        before++;
      }
      throw new JobRefusedException(
          JobRefusedException.Reason.OWNER_LIMIT,
          retryAfter(before),
          own + " of your jobs wait already, which is the most for one client");
    }
  }

  /** Time until the job behind {@code before} waiting ones will start, as far as can be told. */
  private Duration retryAfter(int before) {
    double nanos = restOfRunning().orElse((double) UNMEASURED_JOB.toNanos());
    String pack = loadedPack;
    for (Job job : waiting.inOrder().subList(0, before)) {
      Double whole = times.wholeJob(job.settings, job.settings.pack().equals(pack));
      nanos += whole == null ? UNMEASURED_JOB.toNanos() : whole;
      pack = job.settings.pack();
    }
    Duration retry = Duration.ofSeconds((long) Math.ceil(nanos / runners.size() / 1e9));
    if (retry.compareTo(SHORTEST_RETRY) < 0) {
      return SHORTEST_RETRY;
    }
    return retry.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : retry;
  }

  /** What is left of everything that runs; empty when that cannot be told. */
  private Optional<Double> restOfRunning() {
    double sum = 0;
    for (Run run : running) {
      Double rest = times.rest(run.job.settings, run.job.progress());
      if (rest == null) {
        return Optional.empty();
      }
      sum += rest;
    }
    return Optional.of(sum);
  }

  private Map<Job, Place> placesOfWaiting() {
    Map<Job, Place> places = new HashMap<>();
    Optional<Double> sum = restraint.running() == 0 ? Optional.empty() : restOfRunning();
    String pack = loadedPack;
    int position = running.size();
    for (Job job : waiting.inOrder()) {
      Double whole = times.wholeJob(job.settings, job.settings.pack().equals(pack));
      sum = whole == null ? Optional.empty() : sum.map(before -> before + whole);
      pack = job.settings.pack();
      places.put(job, new Place(position++, sum.map(this::shared).orElse(null)));
    }
    return places;
  }

  /** A sum of work as time, spread over the makers. */
  private Duration shared(double nanos) {
    return Duration.ofNanos((long) (nanos / runners.size()));
  }

  private Place placeOfStarted(Job job) {
    Double rest =
        job.status() == JobStatus.RUNNING ? times.rest(job.settings, job.progress()) : null;
    return rest == null ? Place.NONE : new Place(0, Duration.ofNanos(rest.longValue()));
  }

  private JobSnapshot snapshot(Job job) {
    if (job.status() == JobStatus.QUEUED) {
      return job.snapshot(placesOfWaiting().getOrDefault(job, Place.NONE), restraint);
    }
    return job.snapshot(placeOfStarted(job), restraint);
  }

  private void tell(Job job) {
    job.mailboxes.removeIf(Mailbox::isClosed);
    if (!job.mailboxes.isEmpty()) {
      tell(job, snapshot(job));
    }
  }

  private void tell(Job job, JobSnapshot snapshot) {
    for (Mailbox mailbox : job.mailboxes) {
      mailbox.put(snapshot);
      filled.add(mailbox);
    }
  }

  /** Tells those that wait their new places. */
  private void tellWaiting() {
    List<Job> heard = waiting.inOrder().stream().filter(job -> !job.mailboxes.isEmpty()).toList();
    if (heard.isEmpty()) {
      return;
    }
    Map<Job, Place> places = placesOfWaiting();
    for (Job job : heard) {
      job.mailboxes.removeIf(Mailbox::isClosed);
      tell(job, job.snapshot(places.getOrDefault(job, Place.NONE), restraint));
    }
  }

  private void interrupt(Job job, JobError reason) {
    for (Run run : running) {
      if (run.job.equals(job) && job.cancelReason() == null) {
        job.cancelling(reason);
        run.thread.interrupt();
      }
    }
  }

  private void end(Job job, JobStatus status, @Nullable JobError error) {
    job.end(status, error, clock.instant());
    tally.ended(status);
    tell(job);
    job.mailboxes.clear();
    ended.add(job);
    if (status == JobStatus.FAILED && error != null) {
      Logger.warn("Job {} failed: {}: {}", job.id, error.code(), error.message());
    } else {
      Logger.debug("Job {} {}", job.id, status.id());
    }
    forgetOld();
  }

  private void forgetOld() {
    Instant oldest = clock.instant().minus(options.keepEnded());
    for (Job first = ended.peek(); first != null; first = ended.peek()) {
      Instant finished = first.finished();
      if (ended.size() <= options.maxEnded() && finished != null && !finished.isBefore(oldest)) {
        return;
      }
      ended.remove();
      jobs.remove(first.id);
    }
  }

  private static JobError cancelled(String reason) {
    return new JobError(GenerationException.Reason.CANCELLED.name(), null, reason);
  }

  private static String text(RuntimeException thrown) {
    String message = thrown.getMessage();
    return message == null ? thrown.toString() : message;
  }
}
