package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A route of an interface.
 *
 * @param to destination; {@code 0.0.0.0/0} or {@code ::/0} for the default route
 * @param via gateway; null for a route without one
 * @param from source address; null for any
 * @param metric 0 to 4294967294; null for the system's choice
 * @param table 1 to 4294967294; null for the main table
 * @param onLink whether the gateway is taken to be on the link though no address says so
 * @param type one of {@link #TYPES}; null for unicast
 * @param scope one of {@link #SCOPES}; null for the system's choice
 * @param mtu bytes; null for the interface's. Needs netplan 0.101
 */
public record Route(
    Subnet to,
    @Nullable IpAddress via,
    @Nullable IpAddress from,
    @Nullable Long metric,
    @Nullable Long table,
    boolean onLink,
    @Nullable String type,
    @Nullable String scope,
    @Nullable Integer mtu) {
  /** Types that netplan 0.99 knows. */
  public static final Set<String> TYPES = Set.of("unicast", "unreachable", "blackhole", "prohibit");

  /** Scopes that netplan knows. */
  public static final Set<String> SCOPES = Set.of("global", "link", "host");

  // one more is how netplan says "not set"
  private static final long MAX = 4294967294L;

  /**
   * @throws NetplanException {@code INVALID_VALUE}
   */
  public Route {
    if (via != null && via.bits() != to.ip().bits()) {
      throw NetplanException.invalid(
          "via", "gateway " + via + " and destination " + to + " are of different IP versions");
    }
    if (from != null && from.bits() != to.ip().bits()) {
      throw NetplanException.invalid(
          "from", "source " + from + " and destination " + to + " are of different IP versions");
    }
    range("metric", metric, 0);
    range("table", table, 1);
    word("type", type, TYPES);
    word("scope", scope, SCOPES);
    if (mtu != null && (mtu < 68 || mtu > 65536)) {
      throw NetplanException.invalid("mtu", "route mtu " + mtu + " is not 68 to 65536");
    }
  }

  /** The default route through {@code gateway}. */
  public static Route defaultVia(IpAddress gateway) {
    Subnet all = gateway.isV6() ? Subnet.ALL_V6 : Subnet.ALL_V4;
    return new Route(all, gateway, null, null, null, false, null, null, null);
  }

  public boolean isDefault() {
    return to.isDefault() && (type == null || type.equals("unicast"));
  }

  private static void range(String field, @Nullable Long value, long from) {
    if (value != null && (value < from || value > MAX)) {
      throw NetplanException.invalid(field, field + " " + value + " is not " + from + " to " + MAX);
    }
  }

  private static void word(String field, @Nullable String value, Set<String> known) {
    if (value != null && !known.contains(value)) {
      throw NetplanException.invalid(
          field,
          field
              + " "
              + NetplanException.quoted(value)
              + " is none of "
              + String.join(", ", known.stream().sorted().toList()));
    }
  }
}
