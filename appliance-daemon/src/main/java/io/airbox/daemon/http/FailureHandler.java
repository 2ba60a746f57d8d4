package io.airbox.daemon.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Writes errors: under {@code /v1} in OpenAI's shape, under {@code /sdapi} in the web UI's,
 * elsewhere as problems (RFC 9457).
 */
final class FailureHandler implements Handler<RoutingContext> {
  private static final Duration LINGER = Duration.ofSeconds(1);

  @Override
  public void handle(RoutingContext context) {
    HttpFailure failure = HttpFailure.of(context.failure(), context.statusCode());
    if (failure.internal()) {
      Logger.error(
          failure.getCause(), "{} {} failed", context.request().method(), context.request().path());
    }
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    Shape shape = Shape.of(context.request().path());
    if (failure.retryAfter() != null) {
      response.putHeader(
          HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, failure.retryAfter().toSeconds())));
    }
    if (failure.status() == 401) {
      response.putHeader(
          "WWW-Authenticate", shape == Shape.WEB_UI ? "Basic realm=\"AirBox\"" : "Bearer");
    }
    if (!context.request().isEnded()) {
      // the rest of the request is not worth reading; closed later, for a client that still sends
      // would be cut off before it has read why
      response.putHeader(HttpHeaders.CONNECTION, "close");
      context.vertx().setTimer(LINGER.toMillis(), id -> context.request().connection().close());
    }
    response
        .setStatusCode(invalid(shape, failure) ? 422 : failure.status())
        .putHeader(
            HttpHeaders.CONTENT_TYPE,
            shape == Shape.PROBLEM ? "application/problem+json" : "application/json")
        .end(body(shape, failure).toBuffer());
  }

  /** How an error is written. */
  private enum Shape {
    PROBLEM,
    OPEN_AI,
    WEB_UI;

    static Shape of(@Nullable String path) {
      if (path == null) {
        return PROBLEM;
      }
      return path.startsWith("/v1") ? OPEN_AI : path.startsWith("/sdapi/") ? WEB_UI : PROBLEM;
    }
  }

  private static JsonObject body(Shape shape, HttpFailure failure) {
    return switch (shape) {
      case PROBLEM -> problem(failure);
      case OPEN_AI -> openAiError(failure);
      case WEB_UI -> invalid(shape, failure) ? webUiComplaint(failure) : webUiError(failure);
    };
  }

  /** The web UI has a shape of its own for a value that is not in order. */
  private static boolean invalid(Shape shape, HttpFailure failure) {
    return shape == Shape.WEB_UI && failure.status() == 400 && failure.field() != null;
  }

  private static JsonObject webUiComplaint(HttpFailure failure) {
    return new JsonObject()
        .put(
            "detail",
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("loc", new JsonArray().add("body").add(failure.field()))
                        .put("msg", failure.detail())
                        .put("type", "value_error")));
  }

  private static JsonObject webUiError(HttpFailure failure) {
    return new JsonObject()
        .put("error", "HTTPException")
        .put("detail", failure.detail())
        .put("body", "")
        .put("errors", failure.code());
  }

  static JsonObject problem(HttpFailure failure) {
    JsonObject problem =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", HttpFailure.title(failure.status()))
            .put("status", failure.status())
            .put("detail", failure.detail())
            .put("code", failure.code());
    return failure.field() == null ? problem : problem.put("field", failure.field());
  }

  static JsonObject openAiError(HttpFailure failure) {
    String type =
        switch (failure.status()) {
          case 401 -> "authentication_error";
          case 403 -> "permission_error";
          case 429 -> "rate_limit_error";
          default -> failure.status() >= 500 ? "server_error" : "invalid_request_error";
        };
    return new JsonObject()
        .put(
            "error",
            new JsonObject()
                .put("message", failure.detail())
                .put("type", type)
                .put("param", failure.field())
                .put("code", failure.code().toLowerCase(java.util.Locale.ROOT)));
  }
}
