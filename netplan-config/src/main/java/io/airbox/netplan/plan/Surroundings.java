package io.airbox.netplan.plan;

import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a plan takes from the running machine and from who asks; everything may be unknown.
 *
 * @param present interfaces that exist, as in {@code /sys/class/net}; empty for unknown
 * @param addresses addresses that interfaces have now; empty for unknown
 * @param reachedAt the box's address that the asker's connection came to; null when local or
 *     unknown
 * @param urlScheme {@code http} or {@code https}, for the addresses to open next
 * @param urlPort 1 to 65535
 * @param hostName without domain; empty for unknown. {@code hostName.local} is offered where a DHCP
 *     server decides the address
 */
public record Surroundings(
    Set<String> present,
    Map<String, List<Address>> addresses,
    @Nullable IpAddress reachedAt,
    String urlScheme,
    int urlPort,
    String hostName) {
  /** Nothing known: a tree that is not the running machine's. */
  public static final Surroundings UNKNOWN =
      new Surroundings(Set.of(), Map.of(), null, "https", 443, "");

  public Surroundings {
    present = Set.copyOf(present);
    addresses = Map.copyOf(addresses);
  }

  /** The interface that the asker's connection came through. */
  public Optional<String> reachedThrough() {
    return addresses.entrySet().stream()
        .filter(entry -> entry.getValue().stream().anyMatch(a -> a.ip().equals(reachedAt)))
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst();
  }
}
