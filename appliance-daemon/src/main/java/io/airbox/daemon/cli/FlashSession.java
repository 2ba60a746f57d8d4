package io.airbox.daemon.cli;

import io.airbox.daemon.flash.FlashJson;
import io.airbox.flasher.console.Line;
import io.airbox.flasher.console.SerialPorts;
import io.airbox.flasher.console.Transcript;
import io.airbox.flasher.live.Ending;
import io.airbox.flasher.live.LiveWatch;
import io.airbox.flasher.watch.FlashReport;
import io.airbox.flasher.watch.FlashWatcher;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One {@code airbox flash watch}, from the opened port to the report. */
final class FlashSession {
  /** How long Ctrl+C waits for the report. */
  private static final long PATIENCE_SECONDS = 5;

  private final Output output;
  private final FlashCommand.WatchOptions options;

  FlashSession(Output output, FlashCommand.WatchOptions options) {
    this.output = output;
    this.options = options;
  }

  /** Watches until it is over, and prints the report. */
  FlashReport watch(FlashWatcher watcher) {
    Surroundings surroundings = output.surroundings();
    SerialPorts ports = SerialPorts.ofThisMachine();
    String port = options.port(ports);
    try (Line line = ports.open(port);
        Transcript transcript =
            Transcript.create(options.keep(surroundings.home()), surroundings.clock())) {
      output.say("listening on " + port + "; switch the box on with the card in");
      FlashScreen screen = new FlashScreen(output);
      LiveWatch watch =
          new LiveWatch(
              ports,
              line,
              watcher,
              transcript,
              surroundings.clock(),
              options.settings(),
              screen::show);
      CountDownLatch done = new CountDownLatch(1);
      Thread interrupt = new Thread(() -> finish(watch, done), "flash-watch-stop");
      Runtime.getRuntime().addShutdownHook(interrupt);
      try {
        return conclude(watch.run(), watcher.report(), transcript, screen);
      } finally {
        done.countDown();
        forget(interrupt);
      }
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.FAILED, "the transcript cannot be kept: " + e.getMessage(), e);
    }
  }

  private FlashReport conclude(
      Ending ending, FlashReport report, Transcript transcript, FlashScreen screen) {
    screen.clear();
    JsonObject document = FlashJson.of(report).put("ending", ending.name());
    try {
      transcript.attach(Transcript.REPORT, document.encodePrettily() + "\n");
    } catch (IOException e) {
      output.say("the report cannot be kept: " + e);
    }
    document
        .put("event", "report")
        .put("transcript", transcript.console().toAbsolutePath().toString());
    output.line(document, () -> FlashText.report(report));
    output.say("transcript and report are in " + transcript.folder());
    return report;
  }

  /** Ctrl+C: the report is made before the process ends. */
  private static void finish(LiveWatch watch, CountDownLatch done) {
    watch.stop();
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(ExitCodes.FAILED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // it is running
    }
  }
}
