package io.airbox.daemon.http;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * The one thread for what changes who may do what: it waits for the disk and computes passphrases'
 * hashes, and must not hold up pictures.
 */
final class AccessWork {
  private final WorkerExecutor worker;

  AccessWork(Vertx vertx) {
    worker = vertx.createSharedWorkerExecutor("access", 1);
  }

  /** Does the work and hands its result on, on the event loop. */
  <T> void then(RoutingContext context, Callable<T> work, Consumer<T> then) {
    Reply.settle(context, worker.executeBlocking(work, true), then);
  }
}
