package io.airbox.daemon.telemetry;

import io.airbox.power.Ticker;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Looks at the sensors again and again, on a thread of its own and by a clock that does not jump. A
 * look that takes longer than the pause costs those that it missed, and none is made up for.
 */
public final class TelemetryVerticle extends VerticleBase {
  private static final long LONGEST_LOOK_SECONDS = 10;

  private final Telemetry telemetry;
  private final Ticker ticker;
  private @Nullable WorkerExecutor thread;
  private boolean stopped;
  private long due;

  /** A verticle that is not deployed yet. */
  public TelemetryVerticle(Telemetry telemetry, Ticker ticker) {
    this.telemetry = telemetry;
    this.ticker = ticker;
  }

  @Override
  public Future<?> start() {
    WorkerExecutor made =
        vertx.createSharedWorkerExecutor("sensors", 1, LONGEST_LOOK_SECONDS, TimeUnit.SECONDS);
    thread = made;
    due = ticker.nanos();
    next(made);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    WorkerExecutor made = thread;
    return made == null ? Future.succeededFuture() : made.close();
  }

  private void next(WorkerExecutor looking) {
    long pause = telemetry.interval().toNanos();
    long late = ticker.nanos() - due;
    due += (late / pause + 1) * pause;
    long millis = Math.max(1, Duration.ofNanos(due - ticker.nanos()).toMillis());
    vertx.setTimer(millis, id -> look(looking));
  }

  private void look(WorkerExecutor looking) {
    if (stopped) {
      return;
    }
    looking
        .executeBlocking(
            () -> {
              telemetry.look();
              return true;
            })
        .onComplete(
            looked -> {
              if (looked.failed() && !stopped) {
                Logger.error(looked.cause(), "The sensors could not be looked at");
              }
              if (!stopped) {
                next(looking);
              }
            });
  }
}
