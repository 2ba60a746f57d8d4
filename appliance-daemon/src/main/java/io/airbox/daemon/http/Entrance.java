package io.airbox.daemon.http;

import io.airbox.daemon.access.Channel;
import io.airbox.daemon.access.Role;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where requests come in: a listener, and what is known of whoever uses it.
 *
 * @param kind what it listens on
 * @param role whom the kernel lets open it; null where that is not known
 * @param near which remote addresses of plain HTTP are this machine's own
 */
record Entrance(Kind kind, @Nullable Role role, Predicate<InetAddress> near) {
  /** What a listener listens on. */
  enum Kind {
    HTTP,
    HTTPS,
    SOCKET
  }

  /** What the audit log and limits call whoever comes by a socket. */
  private static final String SOCKET_ADDRESS = "socket";

  static Entrance http(Predicate<InetAddress> near) {
    return new Entrance(Kind.HTTP, null, near);
  }

  static Entrance https() {
    return new Entrance(Kind.HTTPS, null, address -> false);
  }

  static Entrance socket(Role role) {
    return new Entrance(Kind.SOCKET, role, address -> false);
  }

  /** The way by which a request came. */
  Channel channel(HttpServerRequest request) {
    return switch (kind) {
      case SOCKET -> Channel.SOCKET;
      case HTTPS -> Channel.TLS;
      case HTTP -> {
        InetAddress remote = inet(request.remoteAddress());
        yield remote != null && near.test(remote) ? Channel.LOOPBACK : Channel.LAN;
      }
    };
  }

  /** The remote address as text without port and zone; {@code socket} for a socket. */
  String address(HttpServerRequest request) {
    InetAddress remote = kind == Kind.SOCKET ? null : inet(request.remoteAddress());
    return remote == null ? SOCKET_ADDRESS : NetUtil.toAddressString(remote);
  }

  /** An address without its zone: who comes by another interface is no other. */
  static @Nullable InetAddress inet(@Nullable SocketAddress address) {
    String host = address == null || address.isDomainSocket() ? null : address.hostAddress();
    return host == null ? null : inet(host);
  }

  /** A literal address, with or without brackets or zone; null for anything else. */
  static @Nullable InetAddress inet(String literal) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(literal);
    if (bytes == null) {
      return null;
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
