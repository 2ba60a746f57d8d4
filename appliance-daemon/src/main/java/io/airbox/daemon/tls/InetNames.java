package io.airbox.daemon.tls;

import java.net.InetAddress;
import java.util.List;

/** Where the names come from under which the box is reached. */
@FunctionalInterface
public interface InetNames {
  /** What holds now. May block shortly; never asks the network. */
  Snapshot read();

  /**
   * The names of one moment.
   *
   * @param hostName as the kernel has it; need not be a valid DNS name
   * @param addresses of interfaces that are up, of any scope and in any order
   */
  record Snapshot(String hostName, List<LocalAddress> addresses) {
    /** Keeps the list unchangeable. */
    public Snapshot {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * An address of this machine.
   *
   * @param network the name of its interface, such as {@code eth0}
   */
  record LocalAddress(String network, InetAddress address) {}
}
