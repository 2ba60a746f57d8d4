package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import org.jspecify.annotations.Nullable;

/**
 * What an interface asks DHCP servers for.
 *
 * @param v4 asks for an IPv4 address
 * @param v6 asks for an IPv6 address
 * @param identifier {@code mac} so that reservations by MAC address hold; null for netplan's
 *     default, a DUID
 * @param v4Metric metric of routes learnt by DHCPv4, 0 to 4294967294; null for netplan's default,
 *     100
 * @param v6Metric the same for DHCPv6
 */
public record Dhcp(
    boolean v4,
    boolean v6,
    @Nullable String identifier,
    @Nullable Long v4Metric,
    @Nullable Long v6Metric) {
  /** Asks for nothing. */
  public static final Dhcp OFF = new Dhcp(false, false, null, null, null);

  /** IPv4 with the identifier that the factory's file uses. */
  public static final Dhcp V4_BY_MAC = new Dhcp(true, false, "mac", null, null);

  /**
   * @throws NetplanException {@code INVALID_VALUE}
   */
  public Dhcp {
    if (identifier != null && !identifier.equals("mac") && !identifier.equals("duid")) {
      throw NetplanException.invalid(
          "dhcp-identifier",
          "dhcp-identifier " + NetplanException.quoted(identifier) + " is not mac or duid");
    }
    metric(v4Metric);
    metric(v6Metric);
  }

  public boolean any() {
    return v4 || v6;
  }

  /** The same without asking for an address; identifier and metrics stay for later. */
  public Dhcp off() {
    return new Dhcp(false, false, identifier, v4Metric, v6Metric);
  }

  private static void metric(@Nullable Long value) {
    if (value != null && (value < 0 || value > 4294967294L)) {
      throw NetplanException.invalid(
          "route-metric", "route-metric " + value + " is not 0 to 4294967294");
    }
  }
}
