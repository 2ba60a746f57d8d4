package io.airbox.daemon.http;

import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** Where HTTPS is served; known once its listener is up. Used on one event loop. */
final class HttpsAddress {
  private int port;

  /** HTTPS is served on this port from now on. */
  void serve(int onPort) {
    port = onPort;
  }

  /** The port; 0 while it is not served. */
  int port() {
    return port;
  }

  /**
   * The origin of HTTPS under the name by which the client has called, such as {@code
   * https://box.local:8443}; null while it is not served.
   */
  @Nullable String of(RoutingContext context) {
    HostAndPort authority = context.request().authority();
    if (port == 0 || authority == null) {
      return null;
    }
    String host = authority.host();
    String bracketed = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    return "https://" + bracketed + (port == 443 ? "" : ":" + port);
  }
}
