package io.airbox.daemon.http;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Who asks. Until access control exists this serves fairness only: owners take turns in the queue,
 * but every local client sees, and may cancel or delete, every job and picture.
 */
final class Owner {
  /** The page's session cookie. */
  static final String COOKIE = "airbox_session";

  private static final Pattern TOKEN = Pattern.compile("[0-9a-f]{32}");
  private static final SecureRandom RANDOM = new SecureRandom();

  private Owner() {}

  /** The browser session, else the remote address, else {@code local} on the socket. */
  static String of(RoutingContext context) {
    Cookie cookie = context.request().getCookie(COOKIE);
    if (cookie != null && TOKEN.matcher(cookie.getValue()).matches()) {
      return "session-" + digest(cookie.getValue());
    }
    SocketAddress remote = context.request().remoteAddress();
    return remote == null || remote.isDomainSocket() || remote.hostAddress() == null
        ? "local"
        : remote.hostAddress();
  }

  /** Gives a browser that has no session one. */
  static void greet(RoutingContext context) {
    Cookie cookie = context.request().getCookie(COOKIE);
    if (cookie == null || !TOKEN.matcher(cookie.getValue()).matches()) {
      byte[] token = new byte[16];
      RANDOM.nextBytes(token);
      context
          .response()
          .addCookie(
              Cookie.cookie(COOKIE, HexFormat.of().formatHex(token))
                  .setHttpOnly(true)
                  .setSameSite(CookieSameSite.LAX)
                  .setPath("/"));
    }
  }

  /** What is stored beside pictures must not open the session. */
  private static String digest(String token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
