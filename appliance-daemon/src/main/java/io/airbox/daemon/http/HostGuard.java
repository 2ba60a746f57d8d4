package io.airbox.daemon.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other sites' pages out. A page whose name was re-bound to 127.0.0.1 shows itself by its
 * Host, a page that posts to us from elsewhere by its Origin.
 */
final class HostGuard implements Handler<RoutingContext> {
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (request.headers().getAll(HttpHeaders.HOST).size() > 1) {
      context.fail(
          new HttpFailure(400, "INVALID_REQUEST", "Host", "the request has more than one Host"));
      return;
    }
    HostAndPort authority = request.authority();
    if (authority == null || !LOCAL.contains(authority.host().toLowerCase(Locale.ROOT))) {
      context.fail(
          new HttpFailure(
              421,
              "WRONG_HOST",
              null,
              "this daemon serves localhost, 127.0.0.1 and [::1], not the host "
                  + (authority == null ? "of a request without one" : authority.host())));
      return;
    }
    String origin = request.getHeader("Origin");
    if (origin != null && !sameOrigin(origin, authority)) {
      context.fail(
          new HttpFailure(
              403,
              "WRONG_ORIGIN",
              null,
              "pages of other sites may not use this API: Origin is " + origin));
      return;
    }
    context.next();
  }

  private static boolean sameOrigin(String origin, HostAndPort authority) {
    URI uri = parse(origin);
    return uri != null
        && uri.getHost() != null
        && LOCAL.contains(uri.getHost().toLowerCase(Locale.ROOT))
        && port(uri.getPort()) == port(authority.port());
  }

  private static @Nullable URI parse(String origin) {
    try {
      return new URI(origin);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static int port(int port) {
    return port <= 0 ? 80 : port;
  }
}
