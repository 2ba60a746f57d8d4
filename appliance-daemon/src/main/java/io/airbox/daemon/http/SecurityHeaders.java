package io.airbox.daemon.http;

import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What every reply tells a browser to be careful with. */
final class SecurityHeaders {
  /** For the page: its own scripts, styles and pictures, and nobody else's frame around it. */
  static final String PAGE_POLICY =
      "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self';"
          + " img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self';"
          + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  /** What a policy can name: no address of IPv6. */
  private static final Pattern NAMEABLE = Pattern.compile("https?://[a-z0-9.-]+(?::[0-9]+)?");

  /** For all that is not a page: opened as one, it may do nothing. */
  private static final String NO_PAGE_POLICY =
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

  static final String POLICY = "Content-Security-Policy";

  private SecurityHeaders() {}

  /**
   * For the page's one worker, which looks for the box at other addresses while a change of the
   * network waits: a worker is under the policy that its script came with, not under the page's.
   *
   * @param origins where the box may be then; what a policy cannot name is left out
   */
  static String worker(List<String> origins) {
    return Stream.concat(
            Stream.of("default-src 'none'; script-src 'self'; connect-src 'self'"),
            origins.stream().filter(origin -> NAMEABLE.matcher(origin).matches()))
        .collect(Collectors.joining(" "));
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
