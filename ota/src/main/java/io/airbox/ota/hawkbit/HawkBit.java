package io.airbox.ota.hawkbit;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.download.DownloadListener;
import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.Time;
import io.airbox.ota.download.Web.GoneException;
import io.airbox.ota.download.Web.PassingException;
import io.airbox.ota.hawkbit.ActionJournal.Action;
import io.airbox.ota.hawkbit.ActionJournal.Owed;
import io.airbox.ota.hawkbit.ActionJournal.Step;
import io.airbox.ota.hawkbit.Offer.Cancel;
import io.airbox.ota.hawkbit.Offer.Confirmation;
import io.airbox.ota.release.ReleaseFile;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.store.Disk;
import io.airbox.ota.store.Installed;
import io.airbox.ota.store.StoredPack;
import io.airbox.ota.update.Outcome;
import io.airbox.ota.update.Update;
import io.airbox.ota.update.Updates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks a hawkBit what there is to do, has it done, and tells what came of it. One thread asks, in
 * {@link #run}; another does, so that an order to cancel is heard meanwhile. What is under way and
 * what is owed to the server is on the disk before anything is done about it, and is gone on with
 * after a restart.
 *
 * <p>Thread-safe, but for {@link #run}, which is for one thread.
 */
public final class HawkBit {
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(30);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(30);
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofDays(1);
  private static final int MOST_DOUBLINGS = 6;
  private static final Duration END = Duration.ofSeconds(10);

  /** How much earlier or later than asked a poll may be, so that a fleet does not come in step. */
  private static final double JITTER = 0.15;

  private final HawkBitOptions options;
  private final Box box;
  private final ActionJournal journal;
  private final Ddi ddi;
  private final Time time;
  private final RandomGenerator random;
  private final Executor workers;
  private final Semaphore bell = new Semaphore(0);
  private final Map<String, Boolean> answers = new ConcurrentHashMap<>();

  // of the thread that asks

  /** Outcomes of which the server said that it knows no such action. */
  private final Set<Owed> unknown = new HashSet<>();

  /** What was installed from installedBase by this process, or was tried to. */
  private @Nullable String restored;

  private int failures;

  private final Object lock = new Object();
  // guarded by lock
  private @Nullable Work work;

  /** Counts actions that ended: what was asked of the server before one did, is out of date. */
  private long ended;

  private @Nullable Instant polled;
  private @Nullable Instant next;
  private @Nullable String consent;
  private @Nullable String trouble;
  private @Nullable String hindrance;

  /** What the server was told an action waits for. */
  private @Nullable String waiting;

  private @Nullable Instant since;

  /**
   * The box, as far as hawkBit is concerned.
   *
   * @param updates installs
   * @param facts what is told of it, such as {@code serial} and {@code soc}; values that change all
   *     the time are told all the time
   * @param log gets a sentence for each change
   */
  public record Box(Updates updates, Supplier<Map<String, String>> facts, Consumer<String> log) {}

  /**
   * Opens the journal. Nothing is asked yet.
   *
   * @param folder for the journal alone; is there
   * @param random for the spread of polls and pauses
   * @param floor a time that has passed for sure
   * @param workers runs updates, each on a thread that may be interrupted
   * @throws UpdateException the journal is damaged
   * @throws IOException it cannot be read
   */
  public HawkBit(
      HawkBitOptions options,
      Token token,
      Box box,
      Path folder,
      Disk disk,
      Time time,
      RandomGenerator random,
      Instant floor,
      Executor workers)
      throws IOException {
    this.options = options;
    this.box = box;
    this.journal = ActionJournal.open(folder, disk);
    this.ddi = new Ddi(options, token, time, floor);
    this.time = time;
    this.random = random;
    this.workers = workers;
  }

  /**
   * Asks until the thread is interrupted. An update that is under way then is stopped, and gone on
   * with by the next one.
   */
  public void run() throws InterruptedException {
    try {
      while (true) {
        Duration pause = round();
        synchronized (lock) {
          next = time.instant().plus(pause);
        }
        boolean rung = bell.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS);
        if (rung) {
          bell.drainPermits();
        }
        synchronized (lock) {
          next = null;
        }
      }
    } finally {
      leave();
    }
  }

  /** Asks now instead of later, as when a message says that there is something. */
  public void pollNow() {
    bell.release();
  }

  /**
   * Answers the wish for consent that {@link HawkBitState#consent} shows.
   *
   * @param action its id
   * @param given whether it may be done
   */
  public void answer(String action, boolean given) {
    answers.put(action, given);
    pollNow();
  }

  /** How it stands. */
  public HawkBitState state() {
    int owed = journal.owed().size();
    Optional<Action> action = journal.action();
    synchronized (lock) {
      Work current = work;
      HawkBitState.Working working =
          action
              .map(
                  each ->
                      new HawkBitState.Working(
                          each.id(),
                          each.pack(),
                          each.step().name().toLowerCase(Locale.ROOT),
                          current == null ? 0 : current.here,
                          current == null ? 0 : current.all))
              .orElse(null);
      return new HawkBitState(
          options.server(),
          options.controllerId(),
          polled,
          next,
          working,
          consent,
          owed,
          trouble == null ? hindrance : trouble,
          since);
    }
  }

  // ---- asking

  /**
   * Tells what is owed, asks once and begins what is to be done.
   *
   * @return how long to wait before the next time
   */
  Duration round() throws InterruptedException {
    try {
      long seen;
      synchronized (lock) {
        seen = ended;
      }
      String refusal = settle();
      Offer offer = ddi.poll();
      synchronized (lock) {
        polled = time.instant();
      }
      forgetUnknown(offer);
      String untold = describe(offer);
      follow(offer, seen);
      failures = 0;
      trouble(refusal == null ? untold : refusal);
      return spread(offer.sleep());
    } catch (PassingException e) {
      return failed(e, e.retryAfter().orElse(Duration.ZERO));
    } catch (IOException | RuntimeException e) {
      return failed(e, Duration.ZERO);
    }
  }

  private Duration spread(Duration asked) {
    double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
    return Duration.ofNanos((long) (asked.toNanos() * factor));
  }

  private Duration failed(Exception failure, Duration asked) {
    trouble(words(failure));
    Duration ceiling = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
    failures++;
    if (ceiling.compareTo(LONGEST_BACKOFF) > 0) {
      ceiling = LONGEST_BACKOFF;
    }
    Duration own = Duration.ofNanos((long) (ceiling.toNanos() * random.nextDouble()));
    Duration least = asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
    return own.compareTo(least) > 0 ? own : least;
  }

  private static String words(Exception failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private void trouble(@Nullable String what) {
    String change;
    synchronized (lock) {
      if (what == null && trouble == null) {
        return;
      }
      change =
          what == null
              ? "hawkBit: all is well again"
              : what.equals(trouble) ? null : "hawkBit: " + what;
      trouble = what;
      since = what == null ? null : since == null ? time.instant() : since;
    }
    if (change != null) {
      box.log().accept(change);
    }
  }

  /** Tells attributes when the server asks for them, and when they have changed. */
  private @Nullable String describe(Offer offer) throws InterruptedException {
    try {
      Map<String, String> now = Attributes.of(box.facts().get(), box.updates().packs());
      Map<String, String> before = journal.attributes();
      String href = offer.link(Offer.CONFIG_DATA).orElse(null);
      if (href == null && now.equals(before)) {
        return null;
      }
      Map<String, String> gone = new TreeMap<>(before);
      gone.keySet().removeAll(now.keySet());
      if (!gone.isEmpty()) {
        ddi.configData(href, "remove", gone);
      }
      ddi.configData(href, "merge", now);
      journal.told(now);
      return null;
    } catch (IOException | RuntimeException e) {
      return "it was not told about this box: " + words(e);
    }
  }

  private void follow(Offer offer, long seen) throws IOException, InterruptedException {
    Optional<String> deployment = offer.link(Offer.DEPLOYMENT);
    Optional<String> cancel = offer.link(Offer.CANCEL);
    Optional<String> confirmation = offer.link(Offer.CONFIRMATION);
    if (confirmation.isEmpty()) {
      wantsConsent(null);
    }
    if (cancel.isPresent()) {
      cancel(cancel.get());
    } else if (deployment.isPresent()) {
      deploy(deployment.get(), seen);
    } else {
      withdraw(seen);
      if (confirmation.isPresent()) {
        confirm(confirmation.get());
      } else if (offer.link(Offer.INSTALLED).isPresent()) {
        restore(offer.link(Offer.INSTALLED).get());
      }
    }
  }

  // ---- what the server wants

  private void deploy(String href, long seen) throws IOException, InterruptedException {
    Order order = ddi.order(href);
    if (isOutOfDate(seen) || journal.owes(order.id())) {
      return;
    }
    Work current = current();
    if (current != null) {
      if (current.is(order.id())) {
        return;
      }
      if (!current.stop()) {
        return; // it commits: this one has to wait
      }
    }
    Action before = journal.action().orElse(null);
    if (before == null || !before.id().equals(order.id())) {
      if (before != null && !callOffLeftOver(before)) {
        return;
      }
      before = new Action(order.id(), href, Step.RECEIVED, null);
      box.log().accept("hawkBit: action " + order.id() + " came");
    }
    journal.put(new Action(before.id(), href, before.step(), before.pack()));
    boolean waits =
        !order.mayDownload()
            || (before.step() == Step.FETCHED && !order.mayInstall() && !order.downloadOnly());
    if (!waits) {
      start(new Work(order, false));
    }
  }

  private void cancel(String href) throws IOException, InterruptedException {
    Cancel order = ddi.cancel(href);
    String action = order.stopId();
    String address = Ddi.feedbackOf(href);
    if (journal.owed().stream().anyMatch(each -> each.address().equals(address))) {
      return; // it is decided, and still to be told
    }
    if (stop(action) && !journal.owes(action)) {
      journal.end(
          action,
          new Owed(action, address, Feedback.success(order.id(), "it was stopped in time")));
      box.log().accept("hawkBit: action " + action + " was cancelled");
    } else {
      journal.owe(
          new Owed(
              action,
              address,
              Feedback.rejected(order.id(), "too late: it is becoming current, or has ended")));
    }
    String unused = settle();
  }

  /** There is nothing to do any more for what was begun: somebody ended it by force. */
  private void withdraw(long seen) throws IOException, InterruptedException {
    Optional<Action> action = journal.action();
    if (action.isPresent() && !isOutOfDate(seen) && stop(action.get().id())) {
      journal.end(action.get().id(), null);
      box.log().accept("hawkBit: action " + action.get().id() + " is not wanted any more");
    }
  }

  private void confirm(String href) throws IOException, InterruptedException {
    Confirmation wish = ddi.confirmation(href);
    Boolean answer = options.consent() ? Boolean.TRUE : answers.get(wish.id());
    if (answer == null) {
      wantsConsent(wish.id());
      return;
    }
    ddi.consent(href, answer, options.consent() ? "by this box's settings" : "on this box");
    answers.remove(wish.id());
    wantsConsent(null);
    pollNow();
  }

  private void wantsConsent(@Nullable String action) {
    synchronized (lock) {
      consent = action;
    }
  }

  /** A box that lost all it had gets what was installed last. Nobody waits to hear of it. */
  private void restore(String href) throws IOException, InterruptedException {
    boolean empty =
        box.updates().packs().stream().map(StoredPack::current).allMatch(each -> each == null);
    if (empty && current() == null && !href.equals(restored)) {
      restored = href;
      start(new Work(ddi.order(href), true));
    }
  }

  private boolean isOutOfDate(long seen) {
    synchronized (lock) {
      return ended != seen;
    }
  }

  private @Nullable Work current() {
    synchronized (lock) {
      return work;
    }
  }

  private void start(Work what) {
    synchronized (lock) {
      work = what;
      hindrance = null;
    }
    workers.execute(what);
  }

  /**
   * Ends what is done for an action.
   *
   * @return false when that cannot be stopped any more
   */
  private boolean stop(String action) throws IOException, InterruptedException {
    Work current = current();
    if (current != null && current.is(action)) {
      return current.stop();
    }
    Action waiting = journal.action().orElse(null);
    return waiting == null || !waiting.id().equals(action) || callOffLeftOver(waiting);
  }

  /** An update that nobody works at: it waits for its time, or the box was started anew. */
  private boolean callOffLeftOver(Action action) throws IOException {
    Optional<Update> left = leftOver(action);
    return left.isEmpty() || callOff(left.get());
  }

  private Optional<Update> leftOver(Action action) {
    return box.updates().underWay().filter(update -> name(update).equals(action.pack()));
  }

  private static boolean callOff(Update update) throws IOException {
    try {
      update.cancel();
      return true;
    } catch (UpdateException e) {
      if (e.reason() == Reason.BUSY || e.reason() == Reason.NOT_THERE) {
        return false;
      }
      throw e;
    }
  }

  private static String name(Update update) {
    return update.pack() + " " + update.version();
  }

  private void leave() {
    Work last = current();
    if (last != null) {
      last.interrupt();
      boolean interrupted = Thread.interrupted();
      try {
        boolean unused = last.done.await(END.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException again) {
        interrupted = true;
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // ---- what is owed

  /**
   * Tells what is owed.
   *
   * @return what the server has against some of it; null when nothing
   */
  private @Nullable String settle() throws IOException, InterruptedException {
    String refusal = null;
    for (Owed each : journal.owed()) {
      try {
        ddi.tell(each.address(), each.feedback());
        journal.settle(each::equals);
      } catch (GoneException e) {
        if (e.status() == 410) {
          journal.settle(each::equals); // it knows already, or does not want to any more
        } else if (e.status() == 404) {
          unknown.add(each);
        } else {
          refusal = words(e);
        }
      }
    }
    return refusal;
  }

  /** A server that answers, and neither knows nor names an action, will never hear of it. */
  private void forgetUnknown(Offer offer) throws IOException {
    journal.settle(each -> unknown.contains(each) && !offer.names(each.action()));
    unknown.clear();
  }

  // ---- doing it

  /** One attempt at an action, on a thread of its own. */
  private final class Work implements Runnable {
    private final Order order;

    /** Without an action: nobody waits to hear of it. */
    private final boolean restoring;

    private final CountDownLatch done = new CountDownLatch(1);
    // guarded by lock
    private @Nullable Thread thread;
    private @Nullable Update update;
    private boolean stopped;
    private long here;
    private long all;

    Work(Order order, boolean restoring) {
      this.order = order;
      this.restoring = restoring;
    }

    boolean is(String action) {
      return !restoring && order.id().equals(action);
    }

    void interrupt() {
      synchronized (lock) {
        stopped = true;
        if (thread != null) {
          thread.interrupt();
        }
      }
    }

    /**
     * Calls it off and waits until it has ended.
     *
     * @return false when it is too late; it goes on then
     */
    boolean stop() throws IOException, InterruptedException {
      Update begun;
      synchronized (lock) {
        stopped = true;
        begun = update;
      }
      if (begun != null && !callOff(begun)) {
        synchronized (lock) {
          stopped = false;
        }
        return false;
      }
      interrupt();
      done.await();
      return true;
    }

    @Override
    public void run() {
      synchronized (lock) {
        thread = Thread.currentThread();
      }
      boolean goOn = false;
      String problem = null;
      try {
        goOn = attempt();
      } catch (InterruptedException stop) {
        // whoever stopped it knows why
      } catch (IOException | RuntimeException e) {
        problem = "action " + order.id() + ": " + words(e);
      }
      synchronized (lock) {
        thread = null;
        work = null;
        hindrance = stopped ? null : problem;
      }
      if (problem != null) {
        box.log().accept("hawkBit: " + problem);
      }
      done.countDown();
      if (goOn) {
        pollNow();
      }
    }

    private boolean attempt() throws IOException, InterruptedException {
      try {
        return perform();
      } catch (UpdateException e) {
        return refused(e);
      }
    }

    /** Goes as far as it may; true when there is more to do at once, or something to tell. */
    private boolean perform() throws IOException, InterruptedException {
      DownloadOptions how =
          order.forced() ? options.download().withQuiet(null) : options.download();
      ArtifactSource source =
          new ArtifactSource(
              order,
              "hawkBit at " + options.server() + ", action " + order.id(),
              ddi.web(),
              how,
              new Listener(),
              time,
              new SplittableRandom(random.nextLong()));
      byte[] envelope = source.envelope();
      if (isInstalled(envelope)) {
        return end(Feedback.success(order.id(), "it is installed already"));
      }
      Action action = restoring ? null : journal.action().orElse(null);
      Step step = action == null ? Step.RECEIVED : action.step();
      if (action != null && step == Step.ACTIVATING && leftOver(action).isEmpty()) {
        return end(
            Feedback.failure(order.id(), "it was taken back: this box stopped while it was tried"));
      }
      Update begun = box.updates().begin(envelope, source, options.sacrifice());
      adopt(begun);
      if (step == Step.RECEIVED) {
        note(each -> each.of(name(begun)));
        if (!begun.isFetched()) {
          tell(Feedback.downloading(order.id(), "fetching " + name(begun)));
        }
        begun.fetch(this::progress);
        if (order.downloadOnly()) {
          boolean unused = callOff(begun); // what came stays until the room is needed
          return end(Feedback.downloaded(order.id(), name(begun) + " is here"));
        }
        note(each -> each.at(Step.FETCHED));
        tell(Feedback.downloaded(order.id(), name(begun) + " is here"));
        if (!restoring) {
          return true; // asks first whether it may still be installed
        }
      }
      begun.fetch(this::progress); // what is here is not fetched again
      note(each -> each.at(Step.ACTIVATING));
      tell(Feedback.trying(order.id(), name(begun) + " is being tried"));
      return end(told(begun.activate()));
    }

    private Feedback told(Outcome outcome) {
      String name = outcome.pack() + " " + outcome.version();
      if (outcome instanceof Outcome.TakenBack back) {
        return Feedback.failure(order.id(), name + " was taken back: " + back.why());
      }
      return Feedback.success(order.id(), name + " answers now");
    }

    private void adopt(Update begun) throws IOException, InterruptedException {
      boolean late;
      synchronized (lock) {
        update = begun;
        late = stopped;
      }
      if (late) {
        boolean unused = callOff(begun);
        throw new InterruptedException("it was stopped");
      }
    }

    private void progress(long now, long whole, ReleaseFile file) {
      synchronized (lock) {
        here = now;
        all = whole;
      }
    }

    /** Whether it is what answers already; a box may stop before it has noted that. */
    private boolean isInstalled(byte[] envelope) throws IOException {
      String digest = ArtifactSource.sha256(Envelope.parse(envelope).payload());
      List<StoredPack> packs = box.updates().packs();
      for (StoredPack pack : packs) {
        Installed current = pack.current();
        if (current != null
            && current.present()
            && current.edition().endsWith("-" + digest.substring(0, 12))) {
          return true;
        }
      }
      return false;
    }

    /** Ends the action, or lets it wait for another time; whether there is something to tell. */
    private boolean refused(UpdateException e) throws IOException, InterruptedException {
      boolean byUs;
      synchronized (lock) {
        byUs = stopped;
      }
      return switch (e.reason()) {
        case BUSY, CLOCK_NOT_SET -> {
          tellWaiting("it waits: " + words(e));
          throw e;
        }
        case CANCELLED, NOT_THERE ->
            !byUs && end(Feedback.failure(order.id(), "it was called off on the box: " + words(e)));
        default -> end(Feedback.failure(order.id(), words(e)));
      };
    }

    /** Ends the action; what came of it is on the disk before it is told. */
    private boolean end(Feedback outcome) throws IOException {
      if (!restoring) {
        synchronized (lock) {
          journal.end(order.id(), new Owed(order.id(), Ddi.feedbackOf(address()), outcome));
          ended++;
        }
      }
      box.log()
          .accept(
              "hawkBit: action "
                  + order.id()
                  + " ended: "
                  + String.join("; ", outcome.status().details()));
      return true;
    }

    private String address() {
      return journal.action().map(Action::href).orElseThrow();
    }

    private void note(UnaryOperator<Action> change) throws IOException {
      Action action = journal.action().orElse(null);
      if (!restoring && action != null && action.id().equals(order.id())) {
        journal.put(change.apply(action));
      }
    }

    /** Tells once what it waits for, however often that is found out. */
    private void tellWaiting(String why) throws InterruptedException {
      boolean news;
      synchronized (lock) {
        news = !why.equals(waiting);
        waiting = why;
      }
      if (news) {
        tell(Feedback.waiting(order.id(), why));
      }
    }

    /** Tells a stage; one that is not heard is not told again. */
    private void tell(Feedback stage) throws InterruptedException {
      if (restoring) {
        return;
      }
      try {
        ddi.tell(Ddi.feedbackOf(address()), stage);
      } catch (PassingException | GoneException unheard) {
        box.log().accept("hawkBit: a stage was not told: " + words(unheard));
      }
    }
  }

  private final class Listener implements DownloadListener {
    @Override
    public void trouble(String what) {
      box.log().accept("hawkBit: " + what);
    }

    @Override
    public void waits(String why, Duration pause) {
      // shown by the progress that stands still
    }
  }
}
