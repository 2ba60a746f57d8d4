package io.airbox.daemon.jobs;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.airbox.daemon.pictures.PictureSink;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.GenerationListener.Stage;
import io.airbox.generation.GenerationRequest;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.PictureMaker;
import io.airbox.generation.StartImage;
import io.airbox.generation.image.RgbImage;
import io.airbox.power.energy.Energy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JobQueueTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final AtomicLong nanos = new AtomicLong();
  private final ScriptedMaker maker = new ScriptedMaker();
  private final List<String> saved = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<Optional<Energy>> took = new AtomicReference<>(Optional.empty());
  private final EnergyUse energy = (start, end) -> took.get();
  private JobQueue queue =
      queue(JobQueueOptions.DEFAULTS, (id, job, owner, p, energy) -> saved.add(id));

  private JobQueue queue(JobQueueOptions options, PictureSink sink) {
    JobPlanner planner =
        request -> {
          if (request.prompt().isEmpty()) {
            throw GenerationException.invalid("prompt", "prompt is empty");
          }
          int count = request.count() == null ? 1 : request.count();
          return new JobPlanner.Plan(
              ScriptedMaker.settings(request.prompt(), 10, count, 7), List.of("clamped"));
        };
    return new JobQueue(
        options, planner, List.of(maker), sink, energy, now::get, nanos::get, new Random(1));
  }

  private void replaceQueue(JobQueueOptions options, PictureSink sink) {
    queue.close();
    queue = queue(options, sink);
  }

  private static JobQueueOptions limits(int capacity, int perOwner) {
    return new JobQueueOptions(
        capacity, perOwner, Duration.ofMinutes(10), 1000, Duration.ofSeconds(10));
  }

  @AfterEach
  void close() {
    queue.close();
  }

  private String submit(String owner, String prompt) {
    return queue.submit(owner, GenerationRequest.of(prompt)).id();
  }

  private String submitAndStart(String prompt) throws InterruptedException {
    String id = submit("a", prompt);
    assertThat(maker.started.tryAcquire(30, SECONDS)).isTrue();
    return id;
  }

  private JobSnapshot job(String id) {
    return queue.job(id).orElseThrow();
  }

  private void awaitStatus(String id, JobStatus status) {
    await().pollInterval(Duration.ofMillis(2)).until(() -> job(id).status() == status);
  }

  @Test
  void aStartImageWaitsInTheSizeThatIsMade() throws Exception {
    GenerationSettings plain = ScriptedMaker.settings("apple", 10, 1, 7);
    GenerationSettings settings =
        new GenerationSettings(
            plain.pack(),
            plain.packVersion(),
            plain.preset(),
            plain.prompt(),
            plain.negativePrompt(),
            96,
            64,
            plain.steps(),
            plain.cfg(),
            plain.sampler(),
            plain.spacing(),
            plain.seed(),
            plain.noise(),
            plain.count(),
            0.5);
    CompletableFuture<RgbImage> got = new CompletableFuture<>();
    PictureMaker taker =
        (its, image, preview, listener) -> {
          got.complete(image);
          return List.of();
        };
    GenerationRequest request =
        new GenerationRequest(
            null, null, "apple", null, null, null, null, null, null, null, null, null, null,
            large(), 0.5, false);
    try (JobQueue own =
        new JobQueue(
            JobQueueOptions.DEFAULTS,
            asked -> new JobPlanner.Plan(settings, List.of()),
            List.of(taker),
            (id, job, owner, p, energy) -> saved.add(id))) {
      own.submit("a", request);
      assertThat(got.get(30, SECONDS)).isEqualTo(StartImage.cover(large(), 96, 64));
    }
  }

  private static RgbImage large() {
    byte[] rgb = new byte[500 * 400 * 3];
    new Random(1).nextBytes(rgb);
    return new RgbImage(500, 400, rgb);
  }

  @Test
  void aJobGoesFromQueuedToRunningToCompleted() throws Exception {
    String id = submitAndStart("apple");
    assertThat(job(id))
        .returns(JobStatus.RUNNING, JobSnapshot::status)
        .returns(START, JobSnapshot::started)
        .returns(List.of("clamped"), JobSnapshot::warnings);
    maker.finish();
    awaitStatus(id, JobStatus.COMPLETED);
    assertThat(job(id))
        .returns(
            List.of(new JobPicture(id + "-0", 7, 2, 2, Optional.empty())), JobSnapshot::pictures)
        .returns(1.0, done -> done.progress().fraction())
        .returns(START, JobSnapshot::finished)
        .returns(null, JobSnapshot::error)
        .returns(null, JobSnapshot::eta);
    assertThat(saved).containsExactly(id + "-0");
    assertThat(queue.statistics())
        .returns(1L, QueueStatistics::completed)
        .returns(1L, QueueStatistics::pictures)
        .returns(10L, QueueStatistics::steps);
  }

  @Test
  void energyIsToldOfEachPictureAndOfTheWholeJob() throws Exception {
    List<Energy> kept = new ArrayList<>();
    replaceQueue(
        JobQueueOptions.DEFAULTS,
        (id, job, owner, p, energyOfPicture) -> energyOfPicture.ifPresent(kept::add));
    Energy energyOfAll = new Energy(60, 20);
    took.set(Optional.of(energyOfAll));
    String id = submitAndStart("apple");
    assertThat(job(id).energy()).isEmpty();
    maker.finish();
    awaitStatus(id, JobStatus.COMPLETED);

    assertThat(job(id).energy()).contains(energyOfAll);
    assertThat(job(id).pictures().get(0).energy()).contains(energyOfAll);
    assertThat(kept).containsExactly(energyOfAll);
    assertThat(queue.statistics().jobEnergy())
        .isEqualTo(new QueueStatistics.Measured(60, 1, Optional.of(energyOfAll)));
    assertThat(queue.statistics().pictureEnergy().joules()).isEqualTo(60);

    took.set(Optional.empty());
    String unknown = submitAndStart("pear");
    maker.finish();
    awaitStatus(unknown, JobStatus.COMPLETED);
    assertThat(job(unknown).energy()).isEmpty();
    assertThat(queue.statistics().jobEnergy().count()).isEqualTo(1);
  }

  @Test
  void whatIsRestrainedWaitsAndSaysWhy() throws Exception {
    Restraint hot = new Restraint("hot", 0, 2, "the chip has 86 °C");
    String running = submitAndStart("first");
    queue.restrain(hot);
    assertThat(job(running).restraint()).isEqualTo(hot);
    maker.finish();
    awaitStatus(running, JobStatus.COMPLETED);
    assertThat(job(running).restraint()).isNull();

    String waiting = submit("a", "second");
    submit("b", "third");
    assertThat(job(waiting))
        .returns(JobStatus.QUEUED, JobSnapshot::status)
        .returns(hot, JobSnapshot::restraint)
        .returns(null, JobSnapshot::eta);
    assertThat(catchThrowableOfType(JobRefusedException.class, () -> submit("c", "one too many")))
        .hasMessage("the chip has 86 °C; 2 jobs wait, which is the most until then")
        .returns(JobRefusedException.Reason.TOO_HOT, JobRefusedException::reason);

    queue.restrain(Restraint.NONE);
    assertThat(maker.started.tryAcquire(30, SECONDS)).isTrue();
    assertThat(job(waiting).restraint()).isNull();
    assertThat(submit("c", "now")).isNotEmpty();
  }

  @Test
  void whoListensIsToldWhenARestraintComesAndGoes() throws Exception {
    submitAndStart("first");
    String waiting = submit("a", "second");
    List<String> kinds = new CopyOnWriteArrayList<>();
    queue.subscribe(
        waiting,
        Runnable::run,
        job -> {
          Restraint restraint = job.restraint();
          kinds.add(restraint == null ? "none" : restraint.kind());
        });
    queue.restrain(new Restraint("warm", 1, 9, "81 °C"));
    queue.restrain(new Restraint("warm", 1, 9, "82 °C"));
    queue.restrain(Restraint.NONE);
    assertThat(kinds).containsExactly("none", "warm", "none");
  }

  @Test
  void atWorstNothingRunsAndNothingIsTaken() throws Exception {
    String running = submitAndStart("first");
    String waiting = submit("a", "second");
    queue.restrain(new Restraint("critical", 0, 0, "the chip has 91 °C"));
    queue.cancelRunning("cancelled, for the chip has 91 °C");
    awaitStatus(running, JobStatus.CANCELLED);
    JobError error = job(running).error();
    assertThat(error).isNotNull();
    assertThat(error).isEqualTo(new JobError("TOO_HOT", null, "cancelled, for the chip has 91 °C"));
    assertThat(job(waiting).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(catchThrowableOfType(JobRefusedException.class, () -> submit("b", "third")))
        .hasMessage("the chip has 91 °C; no job is taken until then")
        .returns(Duration.ofMinutes(1), JobRefusedException::retryAfter);
  }

  @Test
  void badInputIsRefusedBeforeItIsQueued() {
    assertThatThrownBy(() -> submit("a", "")).isInstanceOf(GenerationException.class);
    assertThat(queue.jobs()).isEmpty();
  }

  @Test
  void ownersTakeTurnsAndWithinAnOwnerTheFirstIsFirst() throws Exception {
    submitAndStart("a0");
    submit("a", "a1");
    submit("a", "a2");
    submit("a", "a3");
    submit("b", "b1");
    String last = submit("b", "b2");
    assertThat(job(last).position()).isEqualTo(4);
    for (int i = 0; i < 6; i++) {
      maker.finish();
    }
    awaitStatus(last, JobStatus.COMPLETED);
    await().until(() -> queue.statistics().completed() == 6);
    assertThat(maker.prompts).containsExactly("a0", "a1", "b1", "a2", "b2", "a3");
  }

  @Test
  void ownersOfOneShareTakeTurnsAndWaitAsOne() throws Exception {
    replaceQueue(limits(10, 2), (id, job, owner, picture, energy) -> saved.add(id));
    submitAndStart("a0");
    Share address = new Share("address", false);
    String second = queue.submit("session-1", address, GenerationRequest.of("s1")).id();
    queue.submit("session-2", address, GenerationRequest.of("s2"));
    String last = submit("b", "b1");

    assertThat(
            catchThrowableOfType(
                JobRefusedException.class,
                () -> queue.submit("session-3", address, GenerationRequest.of("s3"))))
        .returns(JobRefusedException.Reason.OWNER_LIMIT, JobRefusedException::reason);
    assertThat(job(second).owner()).isEqualTo("session-1");
    assertThat(job(last).position()).isEqualTo(2);
    assertThat(queue.live("session-1")).isEqualTo(1);
    queue.cancel(second, "no more");
    assertThat(queue.live("session-1")).isZero();
    queue.submit("session-3", address, GenerationRequest.of("s3"));
  }

  @Test
  void guestsHoweverManyTakeTurnsWithThoseWhoAreKnown() throws Exception {
    submitAndStart("a0");
    submitAsGuest("guest-1", "g1");
    submitAsGuest("guest-2", "g2");
    submitAsGuest("guest-3", "g3");
    submit("a", "a1");
    String last = submit("b", "b1");

    assertThat(job(last).position()).isEqualTo(4);
    for (int i = 0; i < 6; i++) {
      maker.finish();
    }
    await().until(() -> queue.statistics().completed() == 6);
    assertThat(maker.prompts).containsExactly("a0", "g1", "a1", "g2", "b1", "g3");
  }

  @Test
  void guestsDoNotTakeTheLastPlaces() throws Exception {
    replaceQueue(limits(4, 4), (id, job, owner, picture, energy) -> saved.add(id));
    submitAndStart("a0");
    submitAsGuest("guest-1", "g1");
    String leaves = submitAsGuest("guest-2", "g2");

    assertThat(
            catchThrowableOfType(JobRefusedException.class, () -> submitAsGuest("guest-3", "g3")))
        .hasMessage(
            "the queue is full for guests: 2 of their jobs wait, and they have 2 of its 4 places")
        .returns(JobRefusedException.Reason.QUEUE_FULL, JobRefusedException::reason);
    submit("a", "a1");
    submit("b", "b1");
    queue.cancel(leaves, "no more");
    submitAsGuest("guest-3", "g3");
  }

  private String submitAsGuest(String address, String prompt) {
    return queue.submit(address, new Share(address, true), GenerationRequest.of(prompt)).id();
  }

  @Test
  void aFullQueueSaysWhenToComeAgain() throws Exception {
    replaceQueue(limits(2, 2), (id, job, owner, picture, energy) -> saved.add(id));
    submitAndStart("running");
    maker.then(
        (settings, listener) -> {
          listener.stage(0, Stage.DENOISING);
          nanos.addAndGet(2_000_000_000L);
          listener.step(0, 1, 10, null);
          listener.step(0, 2, 10, null);
        });
    await().until(() -> queue.statistics().stepTime() != null);
    submit("b", "1");
    submit("c", "2");
    JobRefusedException refusal =
        catchThrowableOfType(JobRefusedException.class, () -> submit("d", "3"));
    assertThat(refusal.reason()).isEqualTo(JobRefusedException.Reason.QUEUE_FULL);
    assertThat(refusal.retryAfter()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(18));
    assertThat(refusal).hasMessageContaining("2 jobs wait");
    assertThat(queue.statistics().refused()).isEqualTo(1);
  }

  @Test
  void anOwnerMayNotFillTheQueueAlone() throws Exception {
    replaceQueue(limits(10, 2), (id, job, owner, picture, energy) -> saved.add(id));
    submitAndStart("running");
    submit("a", "1");
    submit("a", "2");
    assertThat(catchThrowableOfType(JobRefusedException.class, () -> submit("a", "3")))
        .returns(JobRefusedException.Reason.OWNER_LIMIT, JobRefusedException::reason)
        .hasMessage("2 of your jobs wait already, which is the most for one client");
    submit("b", "1");
  }

  @Test
  void theEstimateComesFromMeasuredStepsAndCountsWhatIsBefore() throws Exception {
    String running = submitAndStart("running");
    String queued = submit("b", "queued");
    assertThat(job(running).eta()).isNull();
    assertThat(job(queued).eta()).isNull();
    maker.then(
        (settings, listener) -> {
          listener.stage(0, Stage.LOADING);
          nanos.addAndGet(9_000_000_000L);
          listener.stage(0, Stage.TEXT);
          nanos.addAndGet(500_000_000);
          listener.stage(0, Stage.DENOISING);
          nanos.addAndGet(100_000_000);
          listener.step(0, 1, 10, null);
        });
    await().until(() -> job(running).eta() != null);
    assertThat(job(running).eta()).isEqualTo(Duration.ofMillis(900));
    assertThat(job(queued))
        .returns(Duration.ofMillis(900 + 500 + 1000), JobSnapshot::eta)
        .returns(1, JobSnapshot::position);
    assertThat(job(running).progress())
        .isEqualTo(new JobProgress(0, 1, Stage.DENOISING, 1, 10, 0.1));
  }

  @Test
  void aWaitingJobIsCancelledAtOnceAndARunningOneByInterrupt() throws Exception {
    String running = submitAndStart("running");
    String queued = submit("a", "queued");
    assertThat(queue.cancel(queued, "cancelled by its owner").orElseThrow())
        .returns(true, Cancellation::accepted)
        .returns(JobStatus.CANCELLED, end -> end.job().status());
    assertThat(queue.cancel(running, "the client left").orElseThrow().accepted()).isTrue();
    awaitStatus(running, JobStatus.CANCELLED);
    assertThat(job(running).error()).isEqualTo(new JobError("CANCELLED", null, "the client left"));
    assertThat(queue.cancel(running, "again").orElseThrow().accepted()).isFalse();
    assertThat(queue.cancel("nobody", "x")).isEmpty();
    String next = submitAndStart("next");
    maker.finish();
    awaitStatus(next, JobStatus.COMPLETED);
  }

  @Test
  void aFailureIsToldAndTheNextJobRuns() throws Exception {
    String failing = submitAndStart("failing");
    maker.then(
        (settings, listener) -> {
          throw new GenerationException(Reason.WORKER_LOST, "killed by signal 9");
        });
    awaitStatus(failing, JobStatus.FAILED);
    assertThat(job(failing).error())
        .isEqualTo(new JobError("WORKER_LOST", null, "killed by signal 9"));
    String broken = submitAndStart("broken");
    maker.then(
        (settings, listener) -> {
          throw new IllegalStateException("a bug");
        });
    awaitStatus(broken, JobStatus.FAILED);
    assertThat(job(broken).error().code()).isEqualTo("INTERNAL");
    String next = submitAndStart("next");
    maker.finish();
    awaitStatus(next, JobStatus.COMPLETED);
  }

  @Test
  void aKeptPictureCarriesThePlannersWarningsToo() throws Exception {
    List<String> kept = Collections.synchronizedList(new ArrayList<>());
    replaceQueue(
        JobQueueOptions.DEFAULTS,
        (id, job, owner, picture, energy) -> kept.addAll(picture.warnings()));
    String id = submitAndStart("apple");
    maker.finish();
    awaitStatus(id, JobStatus.COMPLETED);
    assertThat(kept).startsWith("clamped");
  }

  @Test
  void aPictureThatCannotBeKeptFailsTheJobAndStopsTheMaker() throws Exception {
    replaceQueue(
        JobQueueOptions.DEFAULTS,
        (id, job, owner, picture, energy) -> {
          throw new IllegalStateException("no gallery");
        });
    String id = submitAndStart("apple");
    maker.then((settings, listener) -> listener.picture(0, ScriptedMaker.picture(settings, 0)));
    awaitStatus(id, JobStatus.FAILED);
    assertThat(job(id).error().message()).contains("no gallery");
    assertThat(job(id).pictures()).isEmpty();
  }

  @Test
  void endedJobsAreForgottenAfterAWhileAndTheirIdsTellTheirAge() throws Exception {
    replaceQueue(
        new JobQueueOptions(64, 16, Duration.ofMinutes(10), 2, Duration.ofSeconds(10)),
        (id, job, owner, picture, energy) -> saved.add(id));
    submitAndStart("running");
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(submit("a", "x"));
      queue.cancel(ids.get(i), "no more");
    }
    assertThat(queue.job(ids.get(0))).isEmpty();
    assertThat(queue.forgotten(ids.get(0))).isTrue();
    assertThat(queue.job(ids.get(1))).isPresent();
    now.set(START.plus(Duration.ofMinutes(11)));
    assertThat(queue.job(ids.get(2))).isEmpty();
    assertThat(queue.forgotten("7zzzzzzzzzzzzzzzzzzzzzzzzz")).isFalse();
    assertThat(queue.forgotten("nonsense")).isFalse();
    assertThat(ids).isSorted().allMatch(id -> id.matches("[0-9a-hjkmnp-tv-z]{26}"));
  }

  @Test
  void aSubscriberHearsTheJobAsItIsThenEveryStatusInOrder() throws Exception {
    submitAndStart("before");
    String id = submit("b", "apple");
    List<JobSnapshot> heard = new ArrayList<>();
    queue.subscribe(id, Runnable::run, heard::add);
    assertThat(heard).hasSize(1);
    maker.finish();
    maker.then((settings, listener) -> listener.step(0, 1, 10, null));
    maker.finish();
    awaitStatus(id, JobStatus.COMPLETED);
    await().until(() -> heard.get(heard.size() - 1).status() == JobStatus.COMPLETED);
    assertThat(heard)
        .extracting(JobSnapshot::status)
        .startsWith(JobStatus.QUEUED)
        .contains(JobStatus.RUNNING)
        .endsWith(JobStatus.COMPLETED)
        .isSorted();
    List<JobSnapshot> late = new ArrayList<>();
    queue.subscribe(id, Runnable::run, late::add);
    assertThat(late).hasSize(1).allMatch(job -> job.status().ended());
    assertThat(queue.subscribe("nobody", Runnable::run, late::add)).isEmpty();
  }

  @Test
  void aSlowListenerHoldsNobodyUpAndHearsTheNewestStepOnly() throws Exception {
    String id = submitAndStart("apple");
    Deque<Runnable> held = new ArrayDeque<>();
    List<JobSnapshot> heard = new ArrayList<>();
    List<Integer> previews = new ArrayList<>();
    queue.subscribe(
        id,
        task -> {
          synchronized (held) {
            held.add(task);
          }
        },
        new JobListener() {
          @Override
          public void changed(JobSnapshot job) {
            heard.add(job);
          }

          @Override
          public void preview(int picture, int step, RgbImage image) {
            previews.add(step);
          }
        });
    maker.then(
        (settings, listener) -> {
          for (int step = 1; step <= 10; step++) {
            listener.step(0, step, 10, new RgbImage(1, 1, new byte[3]));
          }
        });
    maker.finish();
    awaitStatus(id, JobStatus.COMPLETED);
    assertThat(heard).isEmpty();
    for (Runnable task = held.poll(); task != null; task = held.poll()) {
      task.run();
    }
    assertThat(heard)
        .extracting(JobSnapshot::status)
        .containsExactly(JobStatus.RUNNING, JobStatus.COMPLETED);
    assertThat(heard.get(0).progress().step()).isEqualTo(10);
    assertThat(previews).containsExactly(10);
  }

  @Test
  void anExecutorThatRejectsOrAListenerThatFailsEndsItsSubscriptionOnly() throws Exception {
    String id = submitAndStart("apple");
    queue.subscribe(
        id,
        task -> {
          throw new RejectedExecutionException("closed");
        },
        job -> {});
    queue.subscribe(
        id,
        Runnable::run,
        job -> {
          throw new IllegalStateException("listener");
        });
    List<JobSnapshot> heard = new ArrayList<>();
    JobSubscription left = queue.subscribe(id, Runnable::run, job -> heard.add(job)).orElseThrow();
    left.close();
    maker.finish();
    awaitStatus(id, JobStatus.COMPLETED);
    assertThat(heard).hasSize(1);
  }

  @Test
  void twoHundredSubscribersAllHearTheEnd() throws Exception {
    String id = submitAndStart("apple");
    CountDownLatch ends = new CountDownLatch(200);
    for (int i = 0; i < 200; i++) {
      queue.subscribe(
          id,
          Runnable::run,
          job -> {
            if (job.status().ended()) {
              ends.countDown();
            }
          });
    }
    maker.finish();
    assertThat(ends.await(30, SECONDS)).isTrue();
  }

  @Test
  void aThousandJobsAreQueuedAndCancelled() throws Exception {
    replaceQueue(limits(1000, 1000), (id, job, owner, picture, energy) -> saved.add(id));
    submitAndStart("running");
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      ids.add(submit("owner-" + i % 7, "x"));
    }
    assertThat(queue.statistics().queued()).isEqualTo(1000);
    ids.forEach(id -> queue.cancel(id, "no more"));
    assertThat(queue.statistics())
        .returns(0, QueueStatistics::queued)
        .returns(1, QueueStatistics::running)
        .returns(1000L, QueueStatistics::cancelled);
  }

  @Test
  void closingCancelsWhatWaitsAndInterruptsWhatRuns() throws Exception {
    String running = submitAndStart("running");
    String queued = submit("a", "queued");
    queue.close();
    assertThat(List.of(job(running), job(queued)))
        .allMatch(job -> job.status() == JobStatus.CANCELLED)
        .allMatch(job -> job.error().message().equals("the daemon is stopping"));
    assertThat(catchThrowableOfType(JobRefusedException.class, () -> submit("a", "late")).reason())
        .isEqualTo(JobRefusedException.Reason.CLOSED);
    queue.close();
  }

  /** Each number is a move: submit for one of three owners, end the running job, or cancel one. */
  @Property(tries = 60)
  void behavesLikeItsModel(@ForAll @Size(max = 40) List<@IntRange(max = 7) Integer> moves)
      throws Exception {
    JobQueueTest fresh = new JobQueueTest();
    try {
      fresh.play(moves);
    } finally {
      fresh.close();
      close();
    }
  }

  private void play(List<Integer> moves) throws Exception {
    FairLine<String> model = new FairLine<>();
    Map<String, String> ownerOf = new HashMap<>();
    Map<String, Integer> ends = new HashMap<>();
    List<String> expected = new ArrayList<>();
    String running = null;
    int number = 0;
    for (int move : moves) {
      if (move < 4) {
        String owner = "owner-" + move % 3;
        String prompt = owner + "/" + number++;
        String id = submit(owner, prompt);
        ownerOf.put(id, owner);
        queue.subscribe(
            id, Runnable::run, job -> ends.merge(id, job.status().ended() ? 1 : 0, Integer::sum));
        model.add(owner, id);
      } else if (move < 6 && running != null) {
        maker.finish();
        awaitStatus(running, JobStatus.COMPLETED);
        running = null;
      } else if (move == 6 && running != null) {
        queue.cancel(running, "no more");
        awaitStatus(running, JobStatus.CANCELLED);
        running = null;
      } else if (move == 7 && !model.isEmpty()) {
        List<String> order = model.inOrder();
        String victim = order.get(order.size() / 2);
        model.remove(ownerOf.get(victim), victim);
        queue.cancel(victim, "no more");
        assertThat(job(victim).status()).isEqualTo(JobStatus.CANCELLED);
      }
      if (running == null && !model.isEmpty()) {
        running = model.poll();
        assertThat(maker.started.tryAcquire(30, SECONDS)).isTrue();
        expected.add(job(running).settings().prompt());
      }
      assertThat(queue.statistics())
          .returns(model.size(), QueueStatistics::queued)
          .returns(running == null ? 0 : 1, QueueStatistics::running);
    }
    queue.close();
    assertThat(maker.prompts).isEqualTo(expected);
    assertThat(maker.mostAtOnce.get()).isLessThanOrEqualTo(1);
    assertThat(ends.values()).allMatch(count -> count == 1);
    for (String owner : List.of("owner-0", "owner-1", "owner-2")) {
      assertThat(maker.prompts.stream().filter(prompt -> prompt.startsWith(owner)))
          .isSortedAccordingTo(
              (one, other) -> {
                int begin = owner.length() + 1;
                return Integer.parseInt(one.substring(begin))
                    - Integer.parseInt(other.substring(begin));
              });
    }
  }
}
