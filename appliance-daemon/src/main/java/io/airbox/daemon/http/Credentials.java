package io.airbox.daemon.http;

import io.airbox.daemon.access.Access;
import io.airbox.daemon.access.Actor;
import io.airbox.daemon.access.Channel;
import io.airbox.daemon.access.Identity;
import io.airbox.daemon.access.Role;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who asks: by API key, else by the role of the socket, else by session cookie, else by
 * picture cookie and address.
 */
final class Credentials {
  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";
  private static final String WEB_UI = "/sdapi/";
  private static final String KEY = "abx_";

  private final Access access;
  private final Entrance entrance;

  Credentials(Access access, Entrance entrance) {
    this.access = access;
    this.entrance = entrance;
  }

  /**
   * Who asks.
   *
   * @param token the session's token when a session cookie counted, else null
   */
  record Asker(Actor actor, @Nullable Identity identity, @Nullable String token) {}

  /**
   * Who asks; a guest when nothing says otherwise.
   *
   * @throws io.airbox.daemon.access.AccessException the API key is not right
   * @throws HttpFailure 403 when a request that changes something has a session's cookie but does
   *     not come from the page
   */
  Asker of(RoutingContext context) {
    HttpServerRequest request = context.request();
    String key = key(request);
    if (key != null) {
      Identity identity = access.key(key);
      return new Asker(identity.actor(), identity, null);
    }
    Role role = entrance.role();
    if (role != null) {
      return new Asker(Actor.local(role), null, null);
    }
    Channel channel = entrance.channel(request);
    String address = entrance.address(request);
    Cookie cookie = request.getCookie(SessionCookie.name(channel));
    Optional<Identity> session =
        cookie == null ? Optional.empty() : access.session(cookie.getValue());
    if (cookie != null && session.isPresent()) {
      requirePage(request);
      return new Asker(session.get().actor(), session.get(), cookie.getValue());
    }
    return new Asker(PictureCookie.actor(request, address), null, null);
  }

  /**
   * OpenAI's clients always send some key; one that is not ours says nothing. Those of the web UI
   * send a name, which may be any, and the key as its password; nowhere else, because a browser
   * would send it by itself from then on.
   */
  private static @Nullable String key(HttpServerRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null) {
      return null;
    }
    String scheme = header.toLowerCase(Locale.ROOT);
    String token = "";
    if (scheme.startsWith(BEARER)) {
      token = header.substring(BEARER.length()).strip();
    } else if (scheme.startsWith(BASIC) && request.path().startsWith(WEB_UI)) {
      token = password(header.substring(BASIC.length()).strip());
    }
    return token.startsWith(KEY) ? token : null;
  }

  private static String password(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      return pair.substring(pair.indexOf(':') + 1);
    } catch (IllegalArgumentException notBase64) {
      return "";
    }
  }

  /** {@link HostGuard} has seen to it that an {@code Origin} is our own. */
  private static void requirePage(HttpServerRequest request) {
    if (!HostGuard.safe(request)
        && request.getHeader(HttpHeaders.ORIGIN) == null
        && !"same-origin".equals(request.getHeader("Sec-Fetch-Site"))) {
      throw HostGuard.wrongOrigin(
          "a session's cookie needs an Origin or Sec-Fetch-Site beside it; programs use an API key");
    }
  }
}
