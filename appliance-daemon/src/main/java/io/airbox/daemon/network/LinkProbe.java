package io.airbox.daemon.network;

import io.netty.util.NetUtil;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Asks with what every user may send. A gateway is asked for a TCP connection to its echo port: a
 * refusal is an answer, and where it stays silent the kernel's neighbour table tells whether it
 * answered ARP or neighbour discovery on the way. A DNS server is asked for the root's name servers
 * (RFC 1035, 4.1), and any answer counts.
 */
final class LinkProbe implements NetworkCheck.Probe {
  private static final int PATIENCE_MILLIS = 1500;
  private static final int DNS = 53;

  /** States of {@code ip neigh} after which nobody is there. */
  private static final Set<String> ABSENT = Set.of("FAILED", "INCOMPLETE");

  private final IpProgram ip;
  private final Predicate<InetAddress> answers;
  private final int dnsPort;

  /** On this machine for {@code /}; what another tree names is not asked. */
  static NetworkCheck.Probe of(Path sysroot) {
    return sysroot.toAbsolutePath().normalize().equals(Path.of("/"))
        ? new LinkProbe(IpProgram.of(sysroot), LinkProbe::connects, DNS)
        : new Unasked();
  }

  private static final class Unasked implements NetworkCheck.Probe {
    @Override
    public Optional<Boolean> gateway(String address, String network) {
      return Optional.empty();
    }

    @Override
    public Optional<Boolean> nameServer(String address) {
      return Optional.empty();
    }
  }

  /**
   * @param answers whether a machine answers; waits for it
   */
  LinkProbe(IpProgram ip, Predicate<InetAddress> answers, int dnsPort) {
    this.ip = ip;
    this.answers = answers;
    this.dnsPort = dnsPort;
  }

  @Override
  public Optional<Boolean> gateway(String address, String network) {
    InetAddress target = literal(address, network);
    if (target == null) {
      return Optional.empty();
    }
    if (answers.test(target)) {
      return Optional.of(true);
    }
    Set<String> states = new HashSet<>();
    try {
      String told = ip.run("neigh", "show", "to", address, "dev", network).orElse("[]");
      for (Object each : told.isBlank() ? new JsonArray() : new JsonArray(told)) {
        if (each instanceof JsonObject entry) {
          entry.getJsonArray("state", new JsonArray()).forEach(state -> states.add(state + ""));
        }
      }
    } catch (DecodeException e) {
      Logger.debug("ip -j neigh did not write JSON: {}", e.getMessage());
    }
    if (states.contains("REACHABLE")) {
      return Optional.of(true);
    }
    return states.stream().anyMatch(ABSENT::contains) ? Optional.of(false) : Optional.empty();
  }

  /** Without rights of its own the JVM asks for a connection to the echo port. */
  static boolean connects(InetAddress target) {
    try {
      return target.isReachable(PATIENCE_MILLIS);
    } catch (IOException e) {
      Logger.debug("gateway {}: {}", target, e.toString());
      return false;
    }
  }

  @Override
  public Optional<Boolean> nameServer(String address) {
    int zone = address.indexOf('%');
    InetAddress target =
        zone < 0
            ? literal(address, "")
            : literal(address.substring(0, zone), address.substring(zone + 1));
    if (target == null) {
      return Optional.empty();
    }
    Random random = ThreadLocalRandom.current();
    byte[] id = {(byte) random.nextInt(), (byte) random.nextInt()};
    // recursion desired, one question: the root, NS, IN
    byte[] query = {id[0], id[1], 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};
    byte[] answer = new byte[512];
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(target, dnsPort));
      socket.send(new DatagramPacket(query, query.length));
      DatagramPacket received = new DatagramPacket(answer, answer.length);
      socket.receive(received);
      return Optional.of(received.getLength() >= 12 && answer[0] == id[0] && answer[1] == id[1]);
    } catch (IOException e) {
      Logger.debug("DNS server {}: {}", address, e.toString());
      return Optional.of(false);
    }
  }

  /** An address of digits; one of the link with the interface it is on. Names are not looked up. */
  private static @Nullable InetAddress literal(String digits, String network) {
    if (!NetUtil.isValidIpV4Address(digits) && !NetUtil.isValidIpV6Address(digits)) {
      return null;
    }
    try {
      InetAddress plain = InetAddress.getByName(digits);
      return plain.isLinkLocalAddress() && !network.isEmpty() && digits.indexOf(':') >= 0
          ? InetAddress.getByName(digits + "%" + network)
          : plain;
    } catch (IOException e) {
      Logger.debug("{}: {}", digits, e.toString());
      return null;
    }
  }
}
