package io.airbox.daemon.http;

import io.airbox.daemon.config.HttpConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * Reads a request's body whole, whatever its content type says: {@code curl -d} sends JSON as a
 * form, and vertx-web's own handler would take it apart as one.
 */
final class RequestBody {
  private RequestBody() {}

  /**
   * The body. Fails with 413 when it is larger than the limit and with 408 when it does not arrive
   * in time.
   */
  static Future<Buffer> read(RoutingContext context, HttpConfig config) {
    HttpServerRequest request = context.request();
    long limit = config.bodyLimit().bytes();
    if (declaredLength(request) > limit) {
      return Future.failedFuture(tooLarge(config));
    }
    Promise<Buffer> promise = Promise.promise();
    Buffer body = Buffer.buffer();
    long timer =
        context
            .vertx()
            .setTimer(
                config.readTimeout().toMillis(),
                id ->
                    promise.tryFail(
                        new HttpFailure(
                            408,
                            "REQUEST_TIMEOUT",
                            null,
                            "the body did not arrive within "
                                + config.readTimeout().toMillis()
                                + " ms")));
    request.exceptionHandler(promise::tryFail);
    request.handler(
        chunk -> {
          if (promise.future().isComplete()) {
            return;
          }
          if (body.length() + (long) chunk.length() > limit) {
            promise.tryFail(tooLarge(config));
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.endHandler(end -> promise.tryComplete(body));
    return promise.future().eventually(() -> cancel(context, timer));
  }

  private static Future<Boolean> cancel(RoutingContext context, long timer) {
    return Future.succeededFuture(context.vertx().cancelTimer(timer));
  }

  private static long declaredLength(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static HttpFailure tooLarge(HttpConfig config) {
    return new HttpFailure(
        413,
        "BODY_TOO_LARGE",
        null,
        "the body is larger than " + config.bodyLimit() + " (http.body.limit)");
  }
}
