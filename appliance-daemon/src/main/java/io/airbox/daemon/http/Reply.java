package io.airbox.daemon.http;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** Replies of JSON, and work that has to be done off the event loop before one. */
final class Reply {
  private Reply() {}

  static void json(RoutingContext context, int status, JsonObject body) {
    json(context, status, body.toBuffer());
  }

  /** Any JSON value. */
  static void json(RoutingContext context, int status, Buffer body) {
    if (context.response().closed() || context.response().ended()) {
      return;
    }
    context
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(body);
  }

  /** 204: it is done, and there is nothing to say. */
  static void nothing(RoutingContext context) {
    if (!context.response().closed() && !context.response().ended()) {
      context.response().setStatusCode(204).end();
    }
  }

  /** Runs {@code work} on the worker pool and hands its result on, on the event loop. */
  static <T> void after(RoutingContext context, Callable<T> work, Consumer<T> then) {
    then(context, context.vertx().executeBlocking(work, false), then);
  }

  /** Runs {@code work} on threads of its own, in turn, and hands its result on. */
  static <T> void after(
      RoutingContext context, WorkerExecutor executor, Callable<T> work, Consumer<T> then) {
    then(context, executor.executeBlocking(work, false), then);
  }

  private static <T> void then(RoutingContext context, Future<T> done, Consumer<T> then) {
    done.onSuccess(
            result -> {
              try {
                then.accept(result);
              } catch (RuntimeException e) {
                context.fail(e);
              }
            })
        .onFailure(context::fail);
  }
}
