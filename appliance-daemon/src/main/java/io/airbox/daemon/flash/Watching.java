package io.airbox.daemon.flash;

import io.airbox.flasher.FlashException;
import io.airbox.flasher.console.Line;
import io.airbox.flasher.console.SerialPorts;
import io.airbox.flasher.console.Transcript;
import io.airbox.flasher.live.Ending;
import io.airbox.flasher.live.LiveWatch;
import io.airbox.flasher.live.WatchEvent;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.watch.FlashWatcher;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * One watch of a flash, with a thread of its own: the package is read, the port is listened to, the
 * report is kept. It can be looked at during and after.
 */
final class Watching implements Runnable {
  private enum Phase {
    READING,
    LISTENING,
    ENDED
  }

  private static final Duration TELL = Duration.ofMillis(500);

  private final FlashWish wish;
  private final @Nullable Path packagePath;
  private final SerialPorts ports;
  private final Path reports;
  private final InstantSource clock;
  private final Instant started;
  private final Thread thread;

  // guarded by this
  private final Set<FlashListener> listeners = new LinkedHashSet<>();
  private final ConsoleTail console = new ConsoleTail();
  private Phase phase;
  private @Nullable Instant ended;
  private @Nullable String ending;
  private @Nullable JsonObject failure;
  private @Nullable JsonObject reading;
  private @Nullable JsonObject progress;
  private JsonArray partitions = new JsonArray();
  private @Nullable JsonObject report;
  private @Nullable String folder;
  private boolean cardStillIn;
  private Instant told = Instant.MIN;
  private boolean stopped;
  private @Nullable LiveWatch live;

  /**
   * A watch that has not begun.
   *
   * @param packagePath what is on the card; null when nobody knows
   * @param reports where transcript and report are kept
   */
  Watching(
      FlashWish wish,
      @Nullable Path packagePath,
      SerialPorts ports,
      Path reports,
      InstantSource clock) {
    this.wish = wish;
    this.packagePath = packagePath;
    this.ports = ports;
    this.reports = reports;
    this.clock = clock;
    started = clock.instant();
    phase = packagePath == null ? Phase.LISTENING : Phase.READING;
    thread = new Thread(this, "flash-watch");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Ends it soon; the report is kept. */
  void stop() {
    synchronized (this) {
      stopped = true;
      if (live != null) {
        live.stop();
        return;
      }
    }
    // the package is being read
    thread.interrupt();
  }

  /** Waits for its end; false when that takes longer, or somebody interrupts. */
  boolean join(Duration patience) {
    try {
      thread.join(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  synchronized boolean isOver() {
    return phase == Phase.ENDED;
  }

  /** Tells a listener all that is known, and then what happens. */
  synchronized void follow(FlashListener listener) {
    listener.event("watch", state());
    listener.event("console", console.all());
    listeners.add(listener);
  }

  synchronized void leave(FlashListener listener) {
    listeners.remove(listener);
  }

  /** All that is known, but the console. */
  synchronized JsonObject state() {
    return new JsonObject()
        .put("port", wish.port())
        .put("package", wish.packageName())
        .put("until", FlashJson.id(wish.until()))
        .put("phase", FlashJson.id(phase))
        .put("started", time(started))
        .put("ended", ended == null ? null : time(ended))
        .put("ending", ending)
        .put("failure", failure)
        .put("reading", reading)
        .put("card_still_in", cardStillIn)
        .put("progress", progress)
        .put("partitions", partitions)
        .put("report", report)
        .put("folder", folder);
  }

  private static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  @Override
  public void run() {
    try {
      FlashWatcher watcher = watcher();
      if (begin()) {
        listen(watcher);
      } else {
        end(Ending.STOPPED.name(), null);
      }
    } catch (FlashException e) {
      boolean asked = e.reason() == FlashException.Reason.INTERRUPTED;
      end(asked ? Ending.STOPPED.name() : null, asked ? null : failure(e));
    } catch (IOException e) {
      end(null, failure("TRANSCRIPT", "the transcript cannot be kept: " + e.getMessage()));
    } catch (RuntimeException e) {
      Logger.error(e, "the watch of a flash at {} broke off", wish.port());
      end(null, failure("INTERNAL", "an error inside the daemon; its log says more: " + e));
    }
  }

  private FlashWatcher watcher() {
    Path path = packagePath;
    if (path == null) {
      return FlashWatcher.withoutPlan(clock);
    }
    CardPackage card = CardPackage.read(path, CardPackage.Depth.EVERYTHING, this::read);
    return FlashWatcher.of(card, clock);
  }

  /** Called by another thread than the watching one. */
  private synchronized void read(String file, long bytes) {
    reading = new JsonObject().put("file", file).put("bytes", bytes);
    if (Duration.between(told, clock.instant()).compareTo(TELL) >= 0) {
      tellAll();
    }
  }

  private synchronized boolean begin() {
    phase = Phase.LISTENING;
    reading = null;
    tellAll();
    return !stopped;
  }

  private void listen(FlashWatcher watcher) throws IOException {
    SerialPorts tapped = new TappedPorts(ports, this::heard);
    try (Line line = tapped.open(wish.port());
        Transcript transcript = Transcript.create(reports, clock)) {
      LiveWatch watch =
          new LiveWatch(
              tapped,
              line,
              watcher,
              transcript,
              clock,
              LiveWatch.Settings.usual(wish.until()),
              event -> happened(event, watcher));
      synchronized (this) {
        folder = String.valueOf(transcript.folder().getFileName());
        live = watch;
        if (stopped) {
          watch.stop();
        }
      }
      Ending how = watch.run();
      JsonObject document = FlashJson.of(watcher.report());
      transcript.attach(
          Transcript.REPORT, document.copy().put("ending", how.name()).encodePrettily() + "\n");
      synchronized (this) {
        report = document;
      }
      end(how.name(), null);
    }
  }

  private synchronized void heard(byte[] bytes, int length) {
    JsonObject piece = console.append(bytes, length);
    listeners.forEach(listener -> listener.event("console", piece));
  }

  private synchronized void happened(WatchEvent event, FlashWatcher watcher) {
    if (event instanceof WatchEvent.Progressed progressed) {
      JsonObject json = FlashJson.of(event);
      partitions = json.getJsonArray("partitions");
      progress = FlashJson.of(progressed.progress());
      JsonObject data = new JsonObject().put("progress", progress).put("partitions", partitions);
      listeners.forEach(listener -> listener.event("progress", data));
      return;
    }
    if (event instanceof WatchEvent.CardStillIn) {
      cardStillIn = true;
    }
    report = FlashJson.of(watcher.report());
    tellAll();
  }

  private synchronized void end(@Nullable String how, @Nullable JsonObject why) {
    phase = Phase.ENDED;
    live = null;
    ended = clock.instant();
    ending = how;
    failure = why;
    tellAll();
    listeners.clear();
  }

  private void tellAll() {
    told = clock.instant();
    JsonObject now = state();
    listeners.forEach(listener -> listener.event("watch", now));
  }

  private static JsonObject failure(FlashException e) {
    return failure(e.reason().name(), String.valueOf(e.getMessage()));
  }

  private static JsonObject failure(String code, String message) {
    return new JsonObject().put("code", code).put("message", message);
  }
}
