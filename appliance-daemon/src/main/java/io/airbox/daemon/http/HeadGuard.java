package io.airbox.daemon.http;

import io.airbox.daemon.http.connection.ConnectionWatch;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refuses heads of requests that another program on the way could read otherwise than this one, or
 * that cost more than they are worth. What is not HTTP at all (both lengths, bare line feeds,
 * control characters) Netty refuses before; {@link #refuse} answers that. The connection ends in
 * both cases, for where the next request begins is what is in doubt.
 */
final class HeadGuard implements Handler<RoutingContext> {
  private static final int MOST_HEADERS = 100;

  private final ConnectionWatch connections;

  HeadGuard(ConnectionWatch connections) {
    this.connections = connections;
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    HttpFailure failure = flaw(request);
    if (failure == null) {
      context.next();
      return;
    }
    connections.last(context);
    context.response().putHeader(HttpHeaders.CONNECTION, "close");
    context.fail(failure);
  }

  private static @Nullable HttpFailure flaw(HttpServerRequest request) {
    MultiMap headers = request.headers();
    List<String> codings = headers.getAll(HttpHeaders.TRANSFER_ENCODING);
    if (!codings.isEmpty()
        && !(codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked"))) {
      return malformed("Transfer-Encoding", "the only transfer encoding is chunked");
    }
    if (headers.size() > MOST_HEADERS) {
      return tooLarge("the request has more than " + MOST_HEADERS + " headers");
    }
    for (Map.Entry<String, String> header : headers) {
      if (header.getKey().isEmpty()) {
        return malformed(null, "a header has no name");
      }
    }
    for (CharSequence name :
        List.of(HttpHeaders.HOST, HttpHeaders.AUTHORIZATION, HttpHeaders.ORIGIN)) {
      if (headers.getAll(name).size() > 1) {
        return malformed(name.toString(), "the request has more than one " + name + " header");
      }
    }
    return target(request);
  }

  /** Beside a path only an address with the very host is taken, as RFC 9112 asks for. */
  private static @Nullable HttpFailure target(HttpServerRequest request) {
    String target = request.uri();
    String host = request.getHeader(HttpHeaders.HOST);
    boolean asterisk = target.equals("*") && HttpMethod.OPTIONS.equals(request.method());
    if (target.startsWith("/") || asterisk || HttpMethod.CONNECT.equals(request.method())) {
      return null;
    }
    String own = request.scheme() + "://" + host;
    String authority = target.substring(0, Math.min(target.length(), own.length()));
    String rest = target.substring(authority.length());
    return authority.equalsIgnoreCase(own)
            && (rest.isEmpty() || rest.startsWith("/") || rest.startsWith("?"))
        ? null
        : malformed(null, "the request names another host in its first line than in Host");
  }

  /** Answers what Netty could not read as HTTP, and ends the connection. */
  static void refuse(HttpServerRequest request) {
    Throwable flaw = request.decoderResult().cause();
    HttpFailure failure;
    if (flaw instanceof TooLongHttpLineException) {
      failure = new HttpFailure(414, "URL_TOO_LONG", null, "the address is longer than 8 kB");
    } else if (flaw instanceof TooLongHttpHeaderException
        || flaw instanceof TooLongFrameException) {
      failure = tooLarge("the headers are larger than 16 kB");
    } else {
      failure = malformed(null, String.valueOf(flaw == null ? null : flaw.getMessage()));
    }
    SecurityHeaders.put(request.response());
    request
        .response()
        .setStatusCode(failure.status())
        .putHeader(HttpHeaders.CONNECTION, "close")
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .end(FailureHandler.problem(failure).toBuffer())
        .onComplete(sent -> request.connection().close());
  }

  private static HttpFailure malformed(@Nullable String field, String flaw) {
    return HttpFailure.invalid(field, "the request is malformed: " + flaw);
  }

  private static HttpFailure tooLarge(String detail) {
    return new HttpFailure(431, "HEADERS_TOO_LARGE", null, detail);
  }
}
