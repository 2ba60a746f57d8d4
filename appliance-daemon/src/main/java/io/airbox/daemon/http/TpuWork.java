package io.airbox.daemon.http;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one thread for loading and unloading packs, which may take minutes and must not hold up
 * anything else.
 */
final class TpuWork {
  private static final int LONGEST_MINUTES = 30;

  private final WorkerExecutor worker;

  TpuWork(Vertx vertx) {
    worker = vertx.createSharedWorkerExecutor("tpu", 1, LONGEST_MINUTES, TimeUnit.MINUTES);
  }

  /** Does the work and hands its result on, on the event loop. */
  <T> void then(RoutingContext context, Callable<T> work, Consumer<T> then) {
    Reply.settle(context, worker.executeBlocking(work, true), then);
  }
}
