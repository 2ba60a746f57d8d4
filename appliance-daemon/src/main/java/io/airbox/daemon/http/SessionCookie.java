package io.airbox.daemon.http;

import io.airbox.daemon.access.Channel;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.ext.web.RoutingContext;

/**
 * The cookie of somebody who has signed in. Over TLS its name makes the browser refuse one that was
 * set in plain text or by another host; plain HTTP on the machine itself needs another name for
 * that reason.
 */
final class SessionCookie {
  private SessionCookie() {}

  static String name(Channel channel) {
    return channel == Channel.TLS ? "__Host-airbox" : "airbox_login";
  }

  /** Gives the session to the browser; it ends with the browser or with the session. */
  static void give(RoutingContext context, Channel channel, String token) {
    context.response().addCookie(cookie(channel, token));
  }

  static void remove(RoutingContext context, Channel channel) {
    context.response().addCookie(cookie(channel, "").setMaxAge(0));
  }

  private static Cookie cookie(Channel channel, String value) {
    return Cookie.cookie(name(channel), value)
        .setPath("/")
        .setHttpOnly(true)
        .setSecure(channel == Channel.TLS)
        .setSameSite(CookieSameSite.STRICT);
  }
}
