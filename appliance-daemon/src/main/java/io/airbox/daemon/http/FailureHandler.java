package io.airbox.daemon.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.tinylog.Logger;

/** Writes errors: under {@code /v1} in OpenAI's shape, elsewhere as problems (RFC 9457). */
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
    boolean openAi = context.request().path() != null && context.request().path().startsWith("/v1");
    if (failure.retryAfter() != null) {
      response.putHeader(
          HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, failure.retryAfter().toSeconds())));
    }
    if (failure.status() == 401) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    if (!context.request().isEnded()) {
      // the rest of the request is not worth reading; closed later, for a client that still sends
      // would be cut off before it has read why
      response.putHeader(HttpHeaders.CONNECTION, "close");
      context.vertx().setTimer(LINGER.toMillis(), id -> context.request().connection().close());
    }
    response
        .setStatusCode(failure.status())
        .putHeader(
            HttpHeaders.CONTENT_TYPE, openAi ? "application/json" : "application/problem+json")
        .end((openAi ? openAiError(failure) : problem(failure)).toBuffer());
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

  private static JsonObject openAiError(HttpFailure failure) {
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
