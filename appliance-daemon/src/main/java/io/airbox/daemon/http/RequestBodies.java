package io.airbox.daemon.http;

import io.airbox.daemon.config.HttpConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of requests whole, whatever their content type says: {@code curl -d} sends JSON
 * as a form, and vertx-web's own handler would take it apart as one.
 *
 * <p>The daemon's heap is small, and a picture of a few kilobytes can take 100 MB while it is
 * decoded. So all large bodies together may be as large as one may be, and bodies are taken apart
 * one after the other. Used on one event loop.
 */
final class RequestBodies {
  /** Bodies up to here are always read: a request without a picture is as small. */
  private static final int SMALL = 64 * 1024;

  private final HttpConfig config;
  private final long room;
  private long taken;
  private @Nullable WorkerExecutor reader;

  RequestBodies(HttpConfig config) {
    this.config = config;
    this.room = config.bodyLimit().bytes();
  }

  /**
   * Reads a body, takes it apart off the event loop, and hands on what it says. The request fails
   * with 413 when the body is larger than the limit, with 408 when it does not arrive in time, with
   * 503 when too many large ones are on their way already, and with whatever {@code parse} throws.
   *
   * @param parse makes something of the body; one at a time
   * @param then told on the event loop
   */
  <T> void read(RoutingContext context, Function<Buffer, T> parse, Consumer<T> then) {
    Share share = new Share();
    body(context, share)
        .compose(body -> reader(context).executeBlocking(() -> parse.apply(body), false))
        .onComplete(ended -> share.giveBack())
        .onSuccess(
            result -> {
              try {
                then.accept(result);
              } catch (RuntimeException e) {
                context.fail(e);
              }
            })
        .onFailure(context::fail);
  }

  private WorkerExecutor reader(RoutingContext context) {
    WorkerExecutor known = reader;
    if (known == null) {
      known = context.vertx().createSharedWorkerExecutor("request-bodies", 1);
      reader = known;
    }
    return known;
  }

  private Future<Buffer> body(RoutingContext context, Share share) {
    HttpServerRequest request = context.request();
    long limit = config.bodyLimit().bytes();
    long declared = declaredLength(request);
    if (declared > limit) {
      return Future.failedFuture(tooLarge());
    }
    if (!share.growTo(declared)) {
      return Future.failedFuture(HttpFailure.busy());
    }
    Promise<Buffer> promise = Promise.promise();
    Buffer body = Buffer.buffer(Math.max(256, (int) declared));
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
    request.exceptionHandler(
        error ->
            promise.tryFail(
                HttpFailure.invalid(
                    null, "the body breaks off or is malformed: " + error.getMessage())));
    request.handler(
        chunk -> {
          if (promise.future().isComplete()) {
            return;
          }
          long length = body.length() + (long) chunk.length();
          if (length > limit) {
            promise.tryFail(tooLarge());
          } else if (!share.growTo(length)) {
            promise.tryFail(HttpFailure.busy());
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.endHandler(end -> promise.tryComplete(body));
    return promise
        .future()
        .onComplete(
            ended -> {
              context.vertx().cancelTimer(timer);
            });
  }

  private static long declaredLength(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private HttpFailure tooLarge() {
    return new HttpFailure(
        413,
        "BODY_TOO_LARGE",
        null,
        "the body is larger than " + config.bodyLimit() + " (http.body.limit)");
  }

  /** What one body has of the room. */
  private final class Share {
    private long size;

    /** Takes room for a body of that length; false when there is none. */
    boolean growTo(long length) {
      long more = length <= SMALL ? 0 : length - size;
      if (more > room - taken) {
        return false;
      }
      if (more > 0) {
        size += more;
        taken += more;
      }
      return true;
    }

    void giveBack() {
      taken -= size;
      size = 0;
    }
  }
}
