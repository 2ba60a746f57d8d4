package io.airbox.netplan.apply;

import io.airbox.netplan.apply.NetworkApplyException.Reason;
import io.airbox.netplan.staging.Disk;
import io.airbox.netplan.staging.NetworkStaging;
import io.airbox.netplan.staging.StagedChange;
import io.airbox.netplan.staging.StagingException;
import io.airbox.netplan.staging.StagingStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Applies network changes, one at a time, so that each is confirmed over the new settings or taken
 * back. Thread-safe; every method may block for the time of a root task, {@link #current} never.
 *
 * <p>What is true of the network the side with root knows; this follows it. Each step is a function
 * of the journal and of what that side says, so that a daemon that was killed goes on by the same
 * steps: there is no other way to recover.
 */
public final class NetworkApply implements AutoCloseable {
  /** How long after it was announced a change begins: the answer has to get out. */
  static final Duration DELAY = Duration.ofSeconds(2);

  /**
   * How soon the side with root is asked again to take a change back when it could not be asked.
   */
  static final Duration RETRY = Duration.ofSeconds(5);

  /** The same when it was asked, and says nothing. */
  static final Duration REMIND = Duration.ofSeconds(60);

  /** How long taking back may last: its unit is stopped after 300 s. */
  static final Duration PATIENCE = Duration.ofMinutes(6);

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final String BASE_32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int ID_LENGTH = 26;
  private static final int TOKEN_BYTES = 32;

  private final ChangeJournal journal;
  private final NetworkStaging staging;
  private final MachineClock clock;
  private final SecureRandom random = new SecureRandom();
  private final List<Consumer<Transaction>> listeners = new CopyOnWriteArrayList<>();

  /** Held for every step, with the root tasks in it. */
  private final ReentrantLock turn = new ReentrantLock(true);

  private volatile @Nullable Entry now;
  private volatile List<Transaction> history;
  private final ScheduledExecutorService watcher =
      Executors.newSingleThreadScheduledExecutor(NetworkApply::thread);
  private @Nullable Future<?> watch;
  private boolean closed;

  /** Whether the journal has {@link #now}. */
  private boolean written = true;

  /** What {@link ApplyState#PREPARED} waits with; lost with the process, and the change with it. */
  private @Nullable StagedChange prepared;

  private Duration begins = Duration.ZERO;

  /** Since when, and with which next reminder, the change is being taken back. */
  private @Nullable Duration takingBackSince;

  private Duration nextRevert = Duration.ZERO;

  private NetworkApply(ChangeJournal journal, NetworkStaging staging, MachineClock clock)
      throws IOException {
    this.journal = journal;
    this.staging = staging;
    this.clock = clock;
    this.now = journal.current().orElse(null);
    this.history = journal.history();
    this.written = false; // its last step may not be in the history yet
  }

  /**
   * Opens the journal. Nothing is done before {@link #start}, so that listeners miss nothing.
   *
   * @param folder where journal and history lie; made if it is not there
   * @throws NetworkApplyException {@code STORAGE}: the folder cannot be used
   */
  public static NetworkApply open(Path folder, NetworkStaging staging, MachineClock clock) {
    return open(folder, staging, clock, Disk.real());
  }

  static NetworkApply open(Path folder, NetworkStaging staging, MachineClock clock, Disk disk) {
    try {
      return new NetworkApply(ChangeJournal.open(folder, disk), staging, clock);
    } catch (IOException e) {
      throw new NetworkApplyException(
          Reason.STORAGE,
          "the journal of network changes in " + folder + " cannot be used: " + e,
          e);
    }
  }

  /** Goes on with the change that the journal tells of, if one does, and watches from now on. */
  public void start() {
    turn.lock();
    try {
      if (watch == null && !closed) {
        watch =
            watcher.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
      }
    } finally {
      turn.unlock();
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "network-apply");
    thread.setDaemon(true);
    return thread;
  }

  private void look() {
    try {
      step();
    } catch (RuntimeException e) {
      Logger.error(e, "a network change cannot go on; tried again");
    }
  }

  /**
   * Announces a change, and applies it two seconds later, so that the answer can get out. It is
   * checked by the side with root before.
   *
   * @throws NetworkApplyException {@code INVALID}, {@code BUSY}, {@code REFUSED}, {@code
   *     UNAVAILABLE}, {@code FAILED}, {@code STORAGE}; nothing was touched
   */
  public Announced apply(NetworkChange change) {
    StagedChange staged;
    try {
      staged = new StagedChange(newId(), change.window(), change.files(), change.linksToDelete());
    } catch (IllegalArgumentException e) {
      throw new NetworkApplyException(Reason.INVALID, String.valueOf(e.getMessage()), e);
    }
    checkFree(); // without waiting for the root task of the other one
    turn.lock();
    try {
      step();
      checkFree();
      try {
        staging.rehearse(staged);
      } catch (StagingException e) {
        throw failure(e);
      }
      String token = newToken();
      Entry entry = entry(change, staged, token);
      try {
        journal.write(entry);
      } catch (IOException e) {
        throw new NetworkApplyException(
            Reason.STORAGE, "the change cannot be written into the journal: " + e, e);
      }
      prepared = staged;
      begins = clock.uptime().plus(DELAY);
      now = entry;
      written = true;
      tell(entry);
      return new Announced(shown(entry), token);
    } finally {
      turn.unlock();
    }
  }

  private Entry entry(NetworkChange change, StagedChange staged, String token) {
    Instant asked = clock.now();
    Duration lasts = DELAY.plus(change.window());
    return new Entry(
        new Transaction(
            staged.transaction(),
            change.plan(),
            change.actor(),
            ApplyState.PREPARED,
            "",
            asked,
            asked,
            change.window(),
            asked.plus(lasts),
            Duration.ZERO,
            change.urls(),
            change.origins(),
            change.diff()),
        clock.bootId(),
        clock.uptime().plus(lasts),
        Entry.hash(token));
  }

  private void checkFree() {
    Entry entry = now;
    if (entry != null && !entry.state().isEnd()) {
      throw new NetworkApplyException(
          Reason.BUSY,
          "another network change, by "
              + entry.transaction().actor()
              + ", is under way; confirm it, take it back, or wait for its end",
          null);
    }
  }

  /**
   * Keeps the change: whoever asks has come over the new settings.
   *
   * @return the change, {@link ApplyState#CONFIRMED}; also when it was before
   * @throws NetworkApplyException {@code NO_SUCH_TRANSACTION}, {@code WRONG_TOKEN}, {@code
   *     NOT_WAITING}; {@code REFUSED}, {@code UNAVAILABLE} or {@code FAILED}: it is not kept and
   *     still goes by itself
   */
  public Transaction confirm(String transaction, String token) {
    if (!named(transaction).isToken(token)) {
      throw new NetworkApplyException(
          Reason.WRONG_TOKEN, "the token is not the one of this change", null);
    }
    return confirm(transaction);
  }

  /** The same from a channel that needs no token: the console of the box itself. */
  public Transaction confirm(String transaction) {
    named(transaction);
    turn.lock();
    try {
      step();
      Entry entry = named(transaction);
      if (entry.state() == ApplyState.CONFIRMED) {
        return shown(entry);
      }
      if (entry.state() != ApplyState.AWAITING_CONFIRM) {
        throw new NetworkApplyException(Reason.NOT_WAITING, whyNotWaiting(entry.state()), null);
      }
      try {
        staging.commit(transaction);
      } catch (StagingException e) {
        follow(entry); // it may have been done all the same, or be gone
        entry = named(transaction);
        if (entry.state() != ApplyState.CONFIRMED) {
          throw failure(e);
        }
        return shown(entry);
      }
      return shown(go(entry, ApplyState.CONFIRMED, ""));
    } finally {
      turn.unlock();
    }
  }

  private static String whyNotWaiting(ApplyState state) {
    return switch (state) {
      case PREPARED, APPLYING ->
          "the new settings are not in effect yet; confirm again in a moment";
      default -> "the change was not confirmed in time and is taken back";
    };
  }

  /**
   * Takes the change back, now rather than at its deadline. Returns as soon as that has begun. Of
   * one that could not be taken back the side with root is asked once more; its state stays.
   *
   * @param actor who asks
   * @throws NetworkApplyException {@code NO_SUCH_TRANSACTION}; {@code NOT_WAITING} for one that is
   *     kept; {@code UNAVAILABLE} or {@code FAILED}: asking once more did not help
   */
  public Transaction revert(String transaction, String actor) {
    named(transaction);
    turn.lock();
    try {
      step();
      Entry entry = named(transaction);
      String reason = "taken back by " + actor;
      return shown(
          switch (entry.state()) {
            case PREPARED -> go(entry, ApplyState.ROLLED_BACK, reason);
            case APPLYING, AWAITING_CONFIRM -> takeBack(entry, reason);
            case ROLLING_BACK, ROLLED_BACK -> entry;
            case ROLLBACK_FAILED -> askAgain(entry);
            case CONFIRMED ->
                throw new NetworkApplyException(
                    Reason.NOT_WAITING, "the change is kept; plan the way back", null);
          });
    } finally {
      turn.unlock();
    }
  }

  /** The change that is under way, or the last one; empty when there was none. */
  public Optional<Transaction> current() {
    return Optional.ofNullable(now).map(this::shown);
  }

  /** Changes that came to their end, latest first, at most 200. */
  public List<Transaction> history() {
    return history;
  }

  /**
   * Calls this, in order, whenever a change has gone a step further. It must return soon, and not
   * call {@link #close}.
   */
  public void onChange(Consumer<Transaction> listener) {
    listeners.add(listener);
  }

  /** Stops watching. A change that waits goes by itself at the end of its window. */
  @Override
  public void close() {
    turn.lock();
    try {
      closed = true;
      watcher.shutdown(); // without an interrupt: a root task is let finish
    } finally {
      turn.unlock();
    }
  }

  /** Does what is due. */
  void step() {
    turn.lock();
    try {
      Entry entry = now;
      if (entry == null || closed) {
        return;
      }
      if (!written) {
        write(entry);
      }
      if (entry.state().isEnd()) {
        return;
      }
      if (!entry.boot().equals(clock.bootId())) {
        afterRestart(entry);
        return;
      }
      switch (entry.state()) {
        case PREPARED -> begin(entry);
        case APPLYING, AWAITING_CONFIRM -> {
          if (!follow(entry) && isDue(entry)) {
            takeBack(entry, "nobody confirmed it in time");
          }
        }
        default -> {
          if (!follow(entry)) {
            insist(entry);
          }
        }
      }
    } finally {
      turn.unlock();
    }
  }

  private void begin(Entry entry) {
    StagedChange change = prepared;
    if (change == null) {
      go(entry, ApplyState.ROLLED_BACK, "airboxd was restarted before anything was touched");
      return;
    }
    if (clock.uptime().compareTo(begins) < 0) {
      return;
    }
    prepared = null;
    Entry applying = go(entry, ApplyState.APPLYING, "");
    if (!written) {
      // without it, a daemon that starts anew would not know that it has to be taken back
      go(applying, ApplyState.ROLLED_BACK, "the journal cannot be written; nothing was touched");
      return;
    }
    try {
      staging.stage(change);
    } catch (StagingException e) {
      String reason = String.valueOf(e.getMessage());
      switch (e.reason()) {
        case BUSY, REFUSED -> go(applying, ApplyState.ROLLED_BACK, reason);
        case UNAVAILABLE, FAILED -> takeBack(applying, reason);
      }
    }
  }

  /**
   * Goes where the side with root is already.
   *
   * @return whether the change is another now
   */
  private boolean follow(Entry entry) {
    StagingStatus status;
    try {
      status = staging.status();
    } catch (StagingException e) {
      return false; // it writes the next one soon
    }
    if (!status.transaction().equals(entry.id())) {
      return false;
    }
    ApplyState next =
        switch (status.state()) {
          case NONE, APPLYING -> entry.state();
          case APPLIED ->
              entry.state() == ApplyState.APPLYING ? ApplyState.AWAITING_CONFIRM : entry.state();
          case COMMITTED -> ApplyState.CONFIRMED;
          case REVERTING -> ApplyState.ROLLING_BACK;
          case REVERTED -> ApplyState.ROLLED_BACK;
          case REVERT_FAILED -> ApplyState.ROLLBACK_FAILED;
        };
    if (next == entry.state()) {
      return false;
    }
    String known = next == ApplyState.CONFIRMED ? "" : entry.transaction().reason();
    String told = status.reason();
    boolean both = next == ApplyState.ROLLBACK_FAILED && !known.isEmpty() && !told.isEmpty();
    go(entry, next, both ? known + "; " + told : known.isEmpty() ? told : known);
    return true;
  }

  private Entry takeBack(Entry entry, String reason) {
    Entry going = go(entry, ApplyState.ROLLING_BACK, reason);
    insist(going);
    Entry latest = now;
    return latest == null ? going : latest;
  }

  /** Asks the side with root to take it back, again and again, until it has or is given up on. */
  private void insist(Entry entry) {
    Duration uptime = clock.uptime();
    Duration since = takingBackSince;
    if (since == null) {
      since = uptime;
      takingBackSince = since;
      nextRevert = uptime;
    }
    if (uptime.compareTo(since.plus(PATIENCE)) > 0) {
      go(
          entry,
          ApplyState.ROLLBACK_FAILED,
          entry.transaction().reason()
              + "; nobody has said that the former settings are back: restart the box to have them");
      return;
    }
    if (uptime.compareTo(nextRevert) >= 0) {
      try {
        staging.revert(entry.id());
        nextRevert = uptime.plus(REMIND);
      } catch (StagingException e) {
        Logger.warn("a network change cannot be taken back yet: {}", e.getMessage());
        nextRevert = uptime.plus(RETRY);
      }
    }
  }

  /** Nobody said how it ended; it may still be in the way of the next change. */
  private Entry askAgain(Entry entry) {
    try {
      staging.revert(entry.id());
    } catch (StagingException e) {
      throw failure(e);
    }
    return entry;
  }

  /** The machine was restarted: what was staged is gone, and what was kept is in its place. */
  private void afterRestart(Entry entry) {
    String reason = "the machine was restarted before it was confirmed";
    if (entry.state() == ApplyState.PREPARED) {
      go(entry, ApplyState.ROLLED_BACK, reason);
      return;
    }
    String known = entry.transaction().reason();
    Entry here =
        entry
            .movedTo(clock.bootId(), clock.uptime())
            .at(ApplyState.ROLLING_BACK, known.isEmpty() ? reason : known, clock.now());
    if (follow(here)) {
      return;
    }
    try {
      // nothing has tidied up at the start; then this does
      staging.revert(entry.id());
      Entry going = go(here, ApplyState.ROLLING_BACK, here.transaction().reason());
      takingBackSince = clock.uptime();
      nextRevert = clock.uptime().plus(REMIND);
      follow(going);
    } catch (StagingException e) {
      go(here, ApplyState.ROLLED_BACK, here.transaction().reason());
    }
  }

  private boolean isDue(Entry entry) {
    return clock.uptime().compareTo(entry.due()) >= 0;
  }

  private Entry go(Entry entry, ApplyState state, String reason) {
    Entry next = entry.at(state, reason, clock.now());
    if (state != ApplyState.ROLLING_BACK) {
      takingBackSince = null;
    }
    if (state.isEnd()) {
      prepared = null;
    }
    now = next;
    write(next);
    tell(next);
    return next;
  }

  /** The network goes on when the disk is full; the journal follows as soon as it can. */
  private void write(Entry entry) {
    try {
      journal.write(entry);
      written = true;
    } catch (IOException e) {
      if (written) {
        Logger.warn("the journal of network changes cannot be written; tried again: {}", e);
      }
      written = false;
    }
    history = journal.history();
  }

  private void tell(Entry entry) {
    Transaction shown = shown(entry);
    for (Consumer<Transaction> listener : listeners) {
      try {
        listener.accept(shown);
      } catch (RuntimeException e) {
        Logger.error(e, "a listener of network changes failed");
      }
    }
  }

  private Entry named(String transaction) {
    Entry entry = now;
    if (entry == null || !entry.id().equals(transaction)) {
      throw new NetworkApplyException(
          Reason.NO_SUCH_TRANSACTION, "no network change of that name is under way", null);
    }
    return entry;
  }

  private Transaction shown(Entry entry) {
    return entry.shown(
        switch (entry.state()) {
          case PREPARED, APPLYING, AWAITING_CONFIRM -> left(entry);
          default -> Duration.ZERO;
        });
  }

  private Duration left(Entry entry) {
    if (!entry.boot().equals(clock.bootId())) {
      return Duration.ZERO;
    }
    Duration left = entry.due().minus(clock.uptime());
    Duration window = entry.transaction().window();
    return left.isNegative() ? Duration.ZERO : left.compareTo(window) > 0 ? window : left;
  }

  private static NetworkApplyException failure(StagingException e) {
    return new NetworkApplyException(
        switch (e.reason()) {
          case UNAVAILABLE -> Reason.UNAVAILABLE;
          case BUSY -> Reason.BUSY;
          case REFUSED -> Reason.REFUSED;
          case FAILED -> Reason.FAILED;
        },
        String.valueOf(e.getMessage()),
        e);
  }

  private String newId() {
    StringBuilder id = new StringBuilder(ID_LENGTH);
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(BASE_32.charAt(random.nextInt(BASE_32.length())));
    }
    return id.toString();
  }

  private String newToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
