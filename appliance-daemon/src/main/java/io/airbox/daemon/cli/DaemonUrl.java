package io.airbox.daemon.cli;

import io.airbox.daemon.tls.client.BoxAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a daemon listens for the network.
 *
 * @param tls https
 * @param host name or address; IPv6 without brackets
 * @param port 1…65535
 */
record DaemonUrl(boolean tls, String host, int port) {
  private static final int BOX_HTTPS = 8443;
  private static final int BOX_HTTP = 8999;
  private static final Pattern IPV4_LOOPBACK = Pattern.compile("127(\\.\\d{1,3}){3}");

  /**
   * Reads a URL, or a name alone: that is a box's https port, or this machine's http port.
   *
   * @throws CommandFailure it is no such thing
   */
  static DaemonUrl parse(String text) {
    boolean bare = !text.contains("://");
    URI uri = uri(text, bare);
    String host = uri.getHost();
    if (host == null || uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw wrong(text, null);
    }
    if (uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || !uri.getRawPath().matches("/?")) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "--host takes scheme, host and port only, such as https://airbox.local:8443");
    }
    String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    boolean tls = bare ? !loopback(name) : scheme.equals("https");
    if (!tls && !scheme.equals("http")) {
      throw wrong(text, null);
    }
    int usual = bare ? (tls ? BOX_HTTPS : BOX_HTTP) : (tls ? 443 : 80);
    return new DaemonUrl(tls, name, uri.getPort() < 0 ? usual : uri.getPort());
  }

  private static URI uri(String text, boolean bare) {
    boolean ipv6 = bare && text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[");
    try {
      return new URI(bare ? "http://" + (ipv6 ? "[" + text + "]" : text) : text);
    } catch (URISyntaxException e) {
      throw wrong(text, e);
    }
  }

  private static CommandFailure wrong(String text, @Nullable Exception cause) {
    if (text.contains("@")) {
      // perhaps a password, which the cause would repeat, too
      return new CommandFailure(ExitCodes.USAGE, "--host is not an http or https URL");
    }
    return new CommandFailure(
        ExitCodes.USAGE, "--host " + text + " is not an http or https URL", cause);
  }

  /** Whether it is this machine by its name: nothing is resolved. */
  boolean loopback() {
    return loopback(host);
  }

  private static boolean loopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.equals("::1")
        || name.equals("0:0:0:0:0:0:0:1")
        || IPV4_LOOPBACK.matcher(name).matches();
  }

  /** Nobody on the way can read what is sent. */
  boolean confidential() {
    return tls || loopback();
  }

  /** What a remembered key belongs to. */
  BoxAddress box() {
    return new BoxAddress(host, port);
  }

  /** The same box where it speaks TLS, if its ports are the usual ones. */
  DaemonUrl secured() {
    return new DaemonUrl(true, host, BOX_HTTPS);
  }

  /** {@code https://airbox.local:8443}. */
  @Override
  public String toString() {
    return (tls ? "https://" : "http://")
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + port;
  }
}
