package io.airbox.flasher.live;

import io.airbox.flasher.console.Line;
import io.airbox.flasher.console.Port;
import io.airbox.flasher.console.SerialPorts;
import io.airbox.flasher.console.Transcript;
import io.airbox.flasher.watch.FlashProgress;
import io.airbox.flasher.watch.FlashReport;
import io.airbox.flasher.watch.FlashWatcher;
import io.airbox.flasher.watch.Notice;
import io.airbox.flasher.watch.Problem;
import io.airbox.flasher.watch.Remark;
import io.airbox.flasher.watch.SeenWrite;
import io.airbox.flasher.watch.Stage;
import io.airbox.flasher.watch.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches a flash over a serial port, from whatever moment on, until it is over. The port may
 * vanish and return meanwhile. Every byte goes into the transcript before it is looked at.
 *
 * <p>It belongs to the thread that runs it, but for {@link #stop}. The listener is called on that
 * thread, and should not take long.
 */
public final class LiveWatch {
  /** What is waited for. */
  public enum Until {
    /** The end of the flash. */
    FLASHED,
    /** The box's login, after its card was taken out. */
    BOOTED
  }

  /**
   * How long to watch.
   *
   * @param until what is waited for
   * @param giveUp after how much silence it ends, once something was heard; empty: never
   * @param retry how long to rest before a port that vanished is looked for again
   */
  public record Settings(Until until, Optional<Duration> giveUp, Duration retry) {
    /** Until the end that is meant, and for a quarter of an hour without a sound. */
    public static Settings usual(Until until) {
      return new Settings(until, Optional.of(Duration.ofMinutes(15)), Duration.ofMillis(500));
    }
  }

  private static final int BUFFER = 8192;

  /** How often the listener is told. */
  private static final Duration BEAT = Duration.ofMillis(100);

  private static final Duration SECOND = Duration.ofSeconds(1);

  /** So long a state has to last before it counts as the last one. */
  private static final Duration SETTLED = Duration.ofSeconds(3);

  /** Longer than it takes to say something at a prompt. */
  private static final Duration PROMPT_SETTLED = Duration.ofSeconds(6);

  /** Between the last write and the last words the box writes its log onto the card. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(20);

  private final SerialPorts ports;
  private final FlashWatcher watcher;
  private final Transcript transcript;
  private final InstantSource clock;
  private final Settings settings;
  private final Consumer<WatchEvent> listener;
  private final PromptTalk talk = new PromptTalk();
  private final Set<String> problems = new HashSet<>();
  private final Set<Notice> notices = EnumSet.noneOf(Notice.class);

  private Line line;
  private boolean heard;
  private boolean kept = true;
  private boolean cardTold;
  private int attempts;
  private List<SeenWrite> writes = List.of();
  private Stage stage;
  private Instant stageSince;
  private Instant told = Instant.MIN;
  private Instant progressTold = Instant.MIN;
  private FlashProgress.Alarm alarm = FlashProgress.Alarm.NONE;
  private @Nullable String shown;
  private volatile boolean stopped;

  /**
   * A watch over a line that was just opened.
   *
   * @param ports where the line comes from, to open it again
   * @param line is closed in the end
   * @param watcher follows the flash; is asked for its report afterwards
   * @param transcript keeps the bytes; it stays open
   */
  public LiveWatch(
      SerialPorts ports,
      Line line,
      FlashWatcher watcher,
      Transcript transcript,
      InstantSource clock,
      Settings settings,
      Consumer<WatchEvent> listener) {
    this.ports = ports;
    this.line = line;
    this.watcher = watcher;
    this.transcript = transcript;
    this.clock = clock;
    this.settings = settings;
    this.listener = listener;
    stage = watcher.stage();
    stageSince = clock.instant();
  }

  /** Ends the watch soon. Any thread may call it. */
  public void stop() {
    stopped = true;
  }

  /** Watches until it is over, until {@link #stop}, or until the thread is interrupted. */
  public Ending run() {
    try {
      opened(false);
      Ending ending = follow();
      watcher.end();
      tell(true);
      return ending;
    } finally {
      line.close();
    }
  }

  private Ending follow() {
    byte[] buffer = new byte[BUFFER];
    while (!stopped && !Thread.currentThread().isInterrupted()) {
      int count = line.read(buffer);
      if (count > 0) {
        heard = true;
        keep(() -> transcript.append(buffer, 0, count));
        watcher.accept(buffer, 0, count);
      } else {
        keep(transcript::tick);
      }
      tell(false);
      Optional<Ending> ending = count < 0 ? returned() : ending();
      if (ending.isPresent()) {
        return ending.get();
      }
      speak();
    }
    return Ending.STOPPED;
  }

  /** Waits for a port that was lost; an ending when it is no longer waited for. */
  private Optional<Ending> returned() {
    Port lost = line.port();
    line.close();
    listener.accept(new WatchEvent.PortLost(lost));
    keep(() -> transcript.note("lost " + lost.path()));
    while (!stopped) {
      Optional<Line> again = ports.reopen(lost.path(), lost);
      if (again.isPresent()) {
        line = again.get();
        opened(true);
        return Optional.empty();
      }
      keep(transcript::tick);
      tell(false);
      if (silentForTooLong()) {
        return Optional.of(Ending.SILENT);
      }
      try {
        Thread.sleep(settings.retry().toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.of(Ending.STOPPED);
      }
    }
    return Optional.of(Ending.STOPPED);
  }

  private void opened(boolean again) {
    listener.accept(new WatchEvent.PortOpened(line.port(), again));
    keep(() -> transcript.note("opened " + line.port().path()));
  }

  private void speak() {
    Optional<String> command = talk.next(watcher, watcher.progress().silence(), clock.instant());
    if (command.isEmpty()) {
      if (talk.cardIsIn(watcher) && watcher.flashHasEnded() && !cardTold) {
        cardTold = true;
        listener.accept(new WatchEvent.CardStillIn());
      }
      return;
    }
    keep(() -> transcript.note("sent " + command.get()));
    line.write((command.get() + "\r").getBytes(StandardCharsets.US_ASCII));
    listener.accept(new WatchEvent.Sent(command.get()));
  }

  private Optional<Ending> ending() {
    boolean ended = watcher.flashHasEnded();
    if (settled(SETTLED)) {
      if (stage == Stage.ERROR_LOOP || (stage == Stage.DONE && failed())) {
        return Optional.of(Ending.FAILED);
      }
      if (settings.until() == Until.FLASHED && ended && saidAll()) {
        return Optional.of(Ending.FLASHED);
      }
    }
    if (settings.until() == Until.BOOTED
        && (stage == Stage.LOGIN || stage == Stage.SHELL)
        && settled(SECOND)) {
      return Optional.of(Ending.BOOTED);
    }
    if (watcher.stage() == Stage.PROMPT
        && watcher.progress().silence().compareTo(PROMPT_SETTLED) >= 0) {
      boolean nothingToSay = talk.over() || !watcher.waitsForCommand();
      if (nothingToSay || (talk.cardIsIn(watcher) && !ended)) {
        return Optional.of(Ending.FAILED);
      }
    }
    return silentForTooLong() ? Optional.of(Ending.SILENT) : Optional.empty();
  }

  /** Whether the last words of a flash that has ended were heard, or will not be. */
  private boolean saidAll() {
    return !stage.flashing() || watcher.progress().silence().compareTo(LAST_WORDS) >= 0;
  }

  private boolean failed() {
    return watcher.report().verdict() == Verdict.FAILED;
  }

  private boolean settled(Duration time) {
    return watcher.stage() == stage
        && Duration.between(stageSince, clock.instant()).compareTo(time) >= 0;
  }

  private boolean silentForTooLong() {
    return heard
        && settings.giveUp().isPresent()
        && watcher.progress().silence().compareTo(settings.giveUp().get()) >= 0;
  }

  private interface Keeping {
    void run() throws IOException;
  }

  /** A flash is worth watching without a transcript, when the disk is full. */
  private void keep(Keeping what) {
    if (!kept) {
      return;
    }
    try {
      what.run();
    } catch (IOException e) {
      kept = false;
      listener.accept(new WatchEvent.TranscriptLost(e.toString()));
    }
  }

  private void tell(boolean all) {
    Instant now = clock.instant();
    if (!all && Duration.between(told, now).compareTo(BEAT) < 0) {
      return;
    }
    told = now;
    if (watcher.stage() != stage) {
      stage = watcher.stage();
      stageSince = now;
      listener.accept(new WatchEvent.StageChanged(stage));
    }
    FlashReport report = watcher.report();
    if (report.attempts() != attempts) {
      attempts = report.attempts();
      writes = List.of();
      problems.clear();
      cardTold = false;
    }
    tellWrites(report.writes());
    for (Problem problem : report.problems()) {
      if (problems.add(problem.symptom() + " " + problem.where())) {
        listener.accept(new WatchEvent.Trouble(problem));
      }
    }
    for (Remark remark : report.remarks()) {
      if (notices.add(remark.notice())) {
        listener.accept(new WatchEvent.Harmless(remark));
      }
    }
    tellProgress(now);
  }

  private void tellWrites(List<SeenWrite> now) {
    for (int i = 0; i < now.size(); i++) {
      SeenWrite write = now.get(i);
      SeenWrite.State before = i < writes.size() ? writes.get(i).state() : SeenWrite.State.UNSEEN;
      boolean over =
          write.state() != SeenWrite.State.UNSEEN && write.state() != SeenWrite.State.BEGUN;
      if (over && write.state() != before) {
        listener.accept(new WatchEvent.Wrote(write));
      }
    }
    writes = now;
  }

  /** At once when it goes on, else each second. */
  private void tellProgress(Instant now) {
    FlashProgress progress = watcher.progress();
    if (progress.alarm() != alarm) {
      alarm = progress.alarm();
      listener.accept(new WatchEvent.Silence(alarm, progress.silence()));
    }
    String next = progress.stage() + " " + progress.fraction() + " " + progress.file();
    if (!next.equals(shown) || Duration.between(progressTold, now).compareTo(SECOND) >= 0) {
      shown = next;
      progressTold = now;
      listener.accept(new WatchEvent.Progressed(progress, watcher.partitions()));
    }
  }
}
