package io.airbox.daemon.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other sites' pages out. A page whose name was re-bound to an address of this machine shows
 * itself by its {@code Host}, a page that posts to us from elsewhere by its {@code Origin} or by
 * what the browser says in {@code Sec-Fetch-Site}.
 */
final class HostGuard implements Handler<RoutingContext> {
  private static final Set<HttpMethod> SAFE =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private final HostNames names;
  private final Predicate<String> announced;

  /**
   * @param announced whether an origin is the box's own, before or after a change of its network; a
   *     page of it may confirm that change here. The change's token is the credential, no cookie
   *     counts
   */
  HostGuard(HostNames names, Predicate<String> announced) {
    this.names = names;
    this.announced = announced;
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    HostAndPort authority = request.authority();
    if (authority == null || !serves(request, authority.host())) {
      context.fail(
          new HttpFailure(
              421,
              "WRONG_HOST",
              null,
              "this daemon is not called "
                  + (authority == null
                      ? "by a request without a Host"
                      : shortened(authority.host()))
                  + ": use the machine's address or name, or add the name to http.names"));
      return;
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    String site = request.getHeader("Sec-Fetch-Site");
    if (origin != null
        && request.method().equals(HttpMethod.POST)
        && NetworkRoutes.CONFIRM.equals(context.normalizedPath())
        && request.getHeader(HttpHeaders.COOKIE) == null
        && announced.test(origin)) {
      context
          .response()
          .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
          .putHeader(HttpHeaders.VARY, "Origin");
      context.next();
    } else if (origin != null && !origin.equalsIgnoreCase(own(request, authority))) {
      context.fail(wrongOrigin("Origin is " + shortened(origin)));
    } else if (!safe(request) && site != null && !Set.of("same-origin", "none").contains(site)) {
      context.fail(wrongOrigin("Sec-Fetch-Site is " + shortened(site)));
    } else {
      context.next();
    }
  }

  /** A method that changes nothing. */
  static boolean safe(HttpServerRequest request) {
    return SAFE.contains(request.method());
  }

  static HttpFailure wrongOrigin(String sign) {
    return new HttpFailure(
        403, "WRONG_ORIGIN", null, "pages of other sites may not use this API: " + sign);
  }

  /**
   * Whether the name is this machine's. An address is when it is the one that the client has
   * connected to, which follows every change of the network by itself.
   */
  private boolean serves(HttpServerRequest request, String host) {
    InetAddress address = Entrance.inet(host);
    if (address == null) {
      return names.include(host);
    }
    return address.isLoopbackAddress()
        || address.equals(Entrance.inet(request.localAddress()))
        || names.include(unbracketed(host));
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** The origin of the address that was called, as a browser writes it. */
  private static String own(HttpServerRequest request, HostAndPort authority) {
    int usual = request.isSSL() ? 443 : 80;
    int port = authority.port();
    String host = authority.host().toLowerCase(Locale.ROOT);
    String bracketed = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    return request.scheme() + "://" + bracketed + (port <= 0 || port == usual ? "" : ":" + port);
  }

  private static @Nullable String shortened(@Nullable String text) {
    return text == null || text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
