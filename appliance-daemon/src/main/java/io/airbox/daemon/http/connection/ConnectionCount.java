package io.airbox.daemon.http.connection;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * How many connections are open, in all and of each address. An IPv6 client counts by its network
 * of 64 bits, of which it has every address. Thread-safe.
 */
final class ConnectionCount {
  private final int most;
  private final int mostOfAddress;
  private final Map<InetAddress, Integer> open = new HashMap<>();
  private int all;

  ConnectionCount(int most, int mostOfAddress) {
    this.most = most;
    this.mostOfAddress = mostOfAddress;
  }

  /** Counts one more, unless there are too many already. */
  synchronized boolean enter(InetAddress address) {
    InetAddress client = client(address);
    int own = open.getOrDefault(client, 0);
    if (all >= most || own >= mostOfAddress) {
      return false;
    }
    all++;
    open.put(client, own + 1);
    return true;
  }

  /** One that was counted has gone. */
  synchronized void leave(InetAddress address) {
    InetAddress client = client(address);
    open.computeIfPresent(client, (known, own) -> own == 1 ? null : Integer.valueOf(own - 1));
    all--;
  }

  synchronized int all() {
    return all;
  }

  private static InetAddress client(InetAddress address) {
    if (!(address instanceof Inet6Address) || address.isLoopbackAddress()) {
      return address;
    }
    byte[] network = address.getAddress();
    Arrays.fill(network, 8, 16, (byte) 0);
    try {
      return InetAddress.getByAddress(network);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an IPv6 address has 16 bytes", e);
    }
  }
}
