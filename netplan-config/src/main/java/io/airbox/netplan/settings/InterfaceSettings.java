package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every kind of interface may have.
 *
 * @param dhcp what is asked of DHCP servers
 * @param addresses fixed addresses, in order
 * @param gateway4 the old spelling of a default route, as a file has it; read and kept, never newly
 *     written: {@link #routes} has the modern one. Null for none
 * @param gateway6 the same for IPv6
 * @param routes in order
 * @param nameServers who is asked for names
 * @param mtu bytes, 68 to 65536; null for the driver's
 * @param optional whether boot goes on without it
 * @param macAddress in place of the hardware's, lower case; null for the hardware's
 * @param linkLocal null for netplan's default, IPv6
 * @param acceptRa whether router advertisements are taken; null for the kernel's default
 */
public record InterfaceSettings(
    Dhcp dhcp,
    List<Address> addresses,
    @Nullable IpAddress gateway4,
    @Nullable IpAddress gateway6,
    List<Route> routes,
    NameServers nameServers,
    @Nullable Integer mtu,
    boolean optional,
    @Nullable String macAddress,
    @Nullable LinkLocal linkLocal,
    @Nullable Boolean acceptRa) {
  /** Nothing set: the interface is brought up and has a link-local address. */
  public static final InterfaceSettings EMPTY =
      new InterfaceSettings(
          Dhcp.OFF,
          List.of(),
          null,
          null,
          List.of(),
          NameServers.NONE,
          null,
          false,
          null,
          null,
          null);

  private static final Pattern MAC = Pattern.compile("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}");

  /**
   * @throws NetplanException {@code INVALID_VALUE}
   */
  public InterfaceSettings {
    addresses = List.copyOf(addresses);
    routes = List.copyOf(routes);
    if (gateway4 != null && gateway4.isV6()) {
      throw NetplanException.invalid("gateway4", "gateway4 " + gateway4 + " is no IPv4 address");
    }
    if (gateway6 != null && !gateway6.isV6()) {
      throw NetplanException.invalid("gateway6", "gateway6 " + gateway6 + " is no IPv6 address");
    }
    // netplan takes any number; no driver takes more, and IPv4 needs 68
    if (mtu != null && (mtu < 68 || mtu > 65536)) {
      throw NetplanException.invalid("mtu", "mtu " + mtu + " is not 68 to 65536; 1500 is usual");
    }
    if (macAddress != null) {
      macAddress = requireMac(macAddress);
    }
  }

  /** Whether anything would give it an address other than a link-local one. */
  public boolean isAddressed() {
    return dhcp.any() || !addresses.isEmpty();
  }

  /**
   * What a member of a bond keeps: no DHCP, addresses, gateways, routes or name servers. The DHCP
   * identifier and metric stay, without effect, for the day it leaves the bond.
   */
  public InterfaceSettings asMember() {
    return withDhcp(dhcp.off())
        .withAddresses(List.of())
        .withRoutes(List.of())
        .withNameServers(NameServers.NONE);
  }

  public InterfaceSettings withDhcp(Dhcp value) {
    return new InterfaceSettings(
        value,
        addresses,
        gateway4,
        gateway6,
        routes,
        nameServers,
        mtu,
        optional,
        macAddress,
        linkLocal,
        acceptRa);
  }

  public InterfaceSettings withAddresses(List<Address> value) {
    return new InterfaceSettings(
        dhcp,
        value,
        gateway4,
        gateway6,
        routes,
        nameServers,
        mtu,
        optional,
        macAddress,
        linkLocal,
        acceptRa);
  }

  /** With these routes alone: gateways in the old spelling go too. */
  public InterfaceSettings withRoutes(List<Route> value) {
    return new InterfaceSettings(
        dhcp,
        addresses,
        null,
        null,
        value,
        nameServers,
        mtu,
        optional,
        macAddress,
        linkLocal,
        acceptRa);
  }

  public InterfaceSettings withNameServers(NameServers value) {
    return new InterfaceSettings(
        dhcp,
        addresses,
        gateway4,
        gateway6,
        routes,
        value,
        mtu,
        optional,
        macAddress,
        linkLocal,
        acceptRa);
  }

  public InterfaceSettings withOptional(boolean value) {
    return new InterfaceSettings(
        dhcp,
        addresses,
        gateway4,
        gateway6,
        routes,
        nameServers,
        mtu,
        value,
        macAddress,
        linkLocal,
        acceptRa);
  }

  public InterfaceSettings withMacAddress(@Nullable String value) {
    return new InterfaceSettings(
        dhcp,
        addresses,
        gateway4,
        gateway6,
        routes,
        nameServers,
        mtu,
        optional,
        value,
        linkLocal,
        acceptRa);
  }

  public InterfaceSettings withMtu(@Nullable Integer value) {
    return new InterfaceSettings(
        dhcp,
        addresses,
        gateway4,
        gateway6,
        routes,
        nameServers,
        value,
        optional,
        macAddress,
        linkLocal,
        acceptRa);
  }

  public InterfaceSettings withLinkLocal(@Nullable LinkLocal value) {
    return new InterfaceSettings(
        dhcp,
        addresses,
        gateway4,
        gateway6,
        routes,
        nameServers,
        mtu,
        optional,
        macAddress,
        value,
        acceptRa);
  }

  public InterfaceSettings withGateway4(@Nullable IpAddress value) {
    return new InterfaceSettings(
        dhcp,
        addresses,
        value,
        gateway6,
        routes,
        nameServers,
        mtu,
        optional,
        macAddress,
        linkLocal,
        acceptRa);
  }

  public InterfaceSettings withGateway6(@Nullable IpAddress value) {
    return new InterfaceSettings(
        dhcp,
        addresses,
        gateway4,
        value,
        routes,
        nameServers,
        mtu,
        optional,
        macAddress,
        linkLocal,
        acceptRa);
  }

  public InterfaceSettings withAcceptRa(@Nullable Boolean value) {
    return new InterfaceSettings(
        dhcp,
        addresses,
        gateway4,
        gateway6,
        routes,
        nameServers,
        mtu,
        optional,
        macAddress,
        linkLocal,
        value);
  }

  /**
   * A MAC address in lower case.
   *
   * @throws NetplanException {@code INVALID_VALUE} when it is none
   */
  static String requireMac(String text) {
    if (!MAC.matcher(text).matches()) {
      throw NetplanException.invalid(
          "macaddress",
          NetplanException.quoted(text) + " is no MAC address; write 00:11:22:33:44:55");
    }
    return text.toLowerCase(Locale.ROOT);
  }
}
