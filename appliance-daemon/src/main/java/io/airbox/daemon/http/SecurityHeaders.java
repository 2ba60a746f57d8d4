package io.airbox.daemon.http;

import io.vertx.core.http.HttpServerResponse;
import java.util.Locale;

/** What every reply tells a browser to be careful with. */
final class SecurityHeaders {
  /** For all that is not a page: opened as one, it may do nothing. */
  private static final String NO_PAGE_POLICY =
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

  static final String POLICY = "Content-Security-Policy";

  private SecurityHeaders() {}

  /**
   * For the page: its own scripts, styles and pictures, and nobody else's frame around it. It may
   * ask other addresses on the box's own port, since after a change of the network the box is at
   * one of them.
   *
   * @param scheme of the box's own port
   */
  static String page(String scheme, int port) {
    return String.format(
        Locale.ROOT,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
            + " connect-src 'self' %s://*:%d; font-src 'self'; manifest-src 'self'; base-uri 'none';"
            + " form-action 'self'; frame-ancestors 'none'",
        scheme,
        port);
  }

  static void put(HttpServerResponse response) {
    response
        .putHeader(POLICY, NO_PAGE_POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin")
        .putHeader(
            "Permissions-Policy",
            "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(),"
                + " payment=(), serial=(), usb=()");
  }
}
