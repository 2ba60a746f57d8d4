package io.airbox.daemon.network;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An interface as the kernel has it. What is not known is null or empty.
 *
 * @param name such as {@code eth0}
 * @param mac hardware address, lower case with colons
 * @param up whether it is switched on
 * @param carrier whether the other end is there; unknown while it is switched off
 * @param speed megabits per second
 * @param duplex {@code full} or {@code half}
 * @param mtu bytes
 * @param master the bond or bridge that it is a member of
 * @param addresses those it has
 * @param lease what systemd-networkd's DHCPv4 client was given
 * @param bond what it is made of, when it is a bond
 */
public record LiveInterface(
    String name,
    Kind kind,
    @Nullable String mac,
    Optional<Boolean> up,
    Optional<Boolean> carrier,
    OptionalInt speed,
    @Nullable String duplex,
    OptionalInt mtu,
    @Nullable String master,
    List<LiveAddress> addresses,
    Optional<Lease> lease,
    Optional<LiveBond> bond) {

  /** What an interface is. */
  public enum Kind {
    /** A port with hardware behind it. */
    PORT,
    BOND,
    BRIDGE,
    VLAN,
    LOOPBACK,
    /** Tunnels, containers and the like. */
    VIRTUAL
  }

  /** Keeps the list unchangeable. */
  public LiveInterface {
    addresses = List.copyOf(addresses);
  }

  /**
   * An address of an interface.
   *
   * @param address digits, without prefix and zone
   * @param prefix length of the network's part
   * @param dynamic whether it was leased or advertised and can run out
   * @param scope {@code global}, {@code link}, {@code host} or {@code site}
   * @param seconds how long it is valid from now; empty for ever
   */
  public record LiveAddress(
      String address, int prefix, boolean dynamic, String scope, OptionalLong seconds) {}

  /**
   * A DHCPv4 lease. Texts are null where the server said nothing.
   *
   * @param server the DHCP server's address
   * @param routers gateways
   * @param nameServers DNS servers
   * @param timeServers NTP servers
   * @param seconds the lease's whole time
   */
  public record Lease(
      @Nullable String address,
      @Nullable String server,
      List<String> routers,
      List<String> nameServers,
      List<String> timeServers,
      @Nullable String domain,
      OptionalLong seconds) {

    /** Keeps the lists unchangeable. */
    public Lease {
      routers = List.copyOf(routers);
      nameServers = List.copyOf(nameServers);
      timeServers = List.copyOf(timeServers);
    }
  }

  /**
   * How a bond does.
   *
   * @param mode netplan's word, such as {@code 802.3ad}
   * @param monitorMillis pause between looks at the links; 0 means that no dead link is noticed
   * @param active the port in use, of modes that use one
   * @param hashPolicy how flows are spread
   * @param partner the switch's LACP address; zeros say that no partner answers
   */
  public record LiveBond(
      @Nullable String mode,
      OptionalInt monitorMillis,
      @Nullable String active,
      @Nullable String hashPolicy,
      @Nullable String lacpRate,
      @Nullable String partner,
      List<Member> members) {

    /** Keeps the list unchangeable. */
    public LiveBond {
      members = List.copyOf(members);
    }
  }

  /**
   * A port of a bond.
   *
   * @param link whether the bond counts its link as up
   * @param failures how often its link was lost
   * @param aggregator the group of ports that LACP put it in
   * @param bundled whether LACP has agreed that it carries traffic; empty in other modes
   */
  public record Member(
      String name,
      Optional<Boolean> link,
      OptionalInt speed,
      @Nullable String duplex,
      OptionalInt failures,
      OptionalInt aggregator,
      Optional<Boolean> bundled) {}
}
