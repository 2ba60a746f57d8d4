package io.airbox.daemon.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.tinylog.Logger;

/** The names of this machine as the kernel has them, without asking any name service. */
public final class SystemNames implements InetNames {
  /** What the kernel calls a machine without a name. */
  private static final String NAMELESS = "localhost";

  /**
   * {@code IFA_F_TEMPORARY | IFA_F_DADFAILED | IFA_F_DEPRECATED | IFA_F_TENTATIVE} of {@code
   * linux/if_addr.h}: privacy addresses that change by the day, and such as are not in use (yet or
   * any more).
   */
  private static final int PASSING = 0x01 | 0x08 | 0x20 | 0x40;

  private final Path proc;

  /** The names that {@code /proc} of this machine tells. */
  public SystemNames() {
    this(Path.of("/proc"));
  }

  SystemNames(Path proc) {
    this.proc = proc;
  }

  @Override
  public Snapshot read() {
    return new Snapshot(hostName(), addresses());
  }

  /** The host name alone, as the kernel has it; quick enough for an event loop. */
  public String hostName() {
    // not InetAddress.getLocalHost(): that asks DNS and remembers the answer
    Path file = proc.resolve("sys/kernel/hostname");
    try {
      String name = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
      return name.isEmpty() ? NAMELESS : name;
    } catch (IOException e) {
      Logger.debug(e, "{} does not tell the host name", file);
      return NAMELESS;
    }
  }

  private List<LocalAddress> addresses() {
    Set<InetAddress> passing = passing();
    List<LocalAddress> found = new ArrayList<>();
    try {
      for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
        if (network.isUp()) {
          network
              .inetAddresses()
              .map(SystemNames::withoutZone)
              .filter(address -> !passing.contains(address))
              .forEach(address -> found.add(new LocalAddress(network.getName(), address)));
        }
      }
    } catch (SocketException e) {
      // an interface that goes while one looks; the next look sees what is left
      Logger.debug(e, "the network interfaces cannot be listed");
    }
    return found;
  }

  /** IPv6 addresses that no certificate should name; the format is {@code proc_net(5)}'s. */
  private Set<InetAddress> passing() {
    Set<InetAddress> passing = new HashSet<>();
    Path file = proc.resolve("net/if_inet6");
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length >= 6 && (Integer.parseInt(fields[4], 16) & PASSING) != 0) {
          passing.add(InetAddress.getByAddress(HexFormat.of().parseHex(fields[0])));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      Logger.debug(e, "{} does not tell which addresses are temporary", file);
    }
    return passing;
  }

  private static InetAddress withoutZone(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
