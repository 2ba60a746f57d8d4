package io.airbox.ota.download;

import java.net.URI;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What a server is shown so that it answers. No other is shown it, wherever the first one sends.
 *
 * @param server an address of the server: its scheme, host and port count
 * @param authorization the header of that name, asked for with each request, so that it may change
 */
public record Login(URI server, Supplier<String> authorization) {
  /** Whether an address is one of the server's. */
  boolean isFor(URI address) {
    return sameOrigin(server, address);
  }

  /** Whether scheme, host and port of two addresses are the same. */
  public static boolean sameOrigin(URI one, URI other) {
    return scheme(one).equals(scheme(other))
        && String.valueOf(one.getHost()).equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  private static String scheme(URI address) {
    return String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
  }

  private static int port(URI address) {
    if (address.getPort() >= 0) {
      return address.getPort();
    }
    return scheme(address).equals("https") ? 443 : 80;
  }
}
