package io.airbox.daemon.tls.client;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a box is reached: what a remembered key belongs to.
 *
 * @param host a name or an address in lower case, IPv6 without brackets
 * @param port 1…65535
 */
public record BoxAddress(String host, int port) {
  private static final int HTTPS = 443;
  private static final Pattern HOST = Pattern.compile("[^\\s#\\[\\]]+");

  /** Checks and lowers the host. */
  public BoxAddress {
    host = host.toLowerCase(Locale.ROOT);
    if (!HOST.matcher(host).matches() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "\"" + host + "\", port " + port + ", is not a host and a port of 1…65535");
    }
  }

  /**
   * Of a URL with a host; the port is 443 unless it names another.
   *
   * @throws IllegalArgumentException it has no host
   */
  public static BoxAddress of(URI url) {
    String host = url.getHost();
    if (host == null) {
      throw new IllegalArgumentException(url + " names no host");
    }
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    return new BoxAddress(
        bracketed ? host.substring(1, host.length() - 1) : host,
        url.getPort() < 0 ? HTTPS : url.getPort());
  }

  /** {@code host:port}, an IPv6 address in brackets. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
