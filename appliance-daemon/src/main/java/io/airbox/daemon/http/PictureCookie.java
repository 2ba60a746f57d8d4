package io.airbox.daemon.http;

import io.airbox.daemon.access.Actor;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The cookie by which a guest's browser is known again, so that guests of one address each have
 * their own pictures. Whoever has it has these pictures and nothing else.
 */
final class PictureCookie {
  static final String NAME = "airbox_session";

  private static final Pattern TOKEN = Pattern.compile("[0-9a-f]{32}");

  private PictureCookie() {}

  /** The guest of this browser, else of this address. */
  static Actor actor(HttpServerRequest request, String address) {
    String token = token(request);
    return token == null ? Actor.guest(address) : Actor.guest(digest(token), address);
  }

  /** Gives a browser that has no such cookie one. */
  static void give(RoutingContext context) {
    if (token(context.request()) == null) {
      byte[] token = new byte[16];
      Random.SECURE.nextBytes(token);
      context
          .response()
          .addCookie(
              Cookie.cookie(NAME, HexFormat.of().formatHex(token))
                  .setHttpOnly(true)
                  .setSameSite(CookieSameSite.LAX)
                  .setPath("/"));
    }
  }

  private static @Nullable String token(HttpServerRequest request) {
    Cookie cookie = request.getCookie(NAME);
    return cookie != null && TOKEN.matcher(cookie.getValue()).matches() ? cookie.getValue() : null;
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

  /** Made when the first page is asked for. */
  private static final class Random {
    private static final SecureRandom SECURE = new SecureRandom();
  }
}
