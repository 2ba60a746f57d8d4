package io.airbox.netplan.document;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.Route;
import io.airbox.netplan.settings.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One route of a list, while its keys are read. */
final class RouteDraft {
  // what versions after 0.99 take too
  private static final Set<String> LATER_TYPES =
      Set.of("anycast", "broadcast", "local", "multicast", "nat", "throw", "xresolve");

  private final List<Cursor> known = new ArrayList<>();
  private final List<Cursor> unknown = new ArrayList<>();
  private @Nullable String to;
  private @Nullable IpAddress via;
  private @Nullable IpAddress from;
  private @Nullable Long metric;
  private @Nullable Long table;
  private boolean onLink;
  private @Nullable String type;
  private @Nullable String scope;
  private @Nullable Integer mtu;
  private boolean wrong;

  RouteDraft(Cursor route) {
    route.entries().forEach(this::read);
  }

  private void read(Cursor entry) {
    switch (entry.name()) {
      case "to" -> to = value(entry, entry.text());
      case "via" -> via = value(entry, entry.read(IpAddress::new));
      case "from" -> from = value(entry, entry.read(IpAddress::new));
      case "metric" -> {
        Long number = value(entry, entry.read(Cursor::number));
        metric = number == null ? null : entry.metric(number);
      }
      case "table" -> table = value(entry, entry.read(Cursor::number));
      case "on-link" -> onLink = Boolean.TRUE.equals(value(entry, entry.read(Cursor::flag)));
      case "type" -> type = value(entry, entry.text());
      case "scope" -> scope = value(entry, entry.text());
      case "mtu" -> {
        Long number = value(entry, entry.read(Cursor::number));
        mtu = number == null ? null : (int) Math.min(number, Integer.MAX_VALUE);
      }
      default -> unknown.add(entry);
    }
  }

  private <T> @Nullable T value(Cursor entry, Optional<T> value) {
    known.add(entry);
    wrong |= value.isEmpty();
    return value.orElse(null);
  }

  /** Whether a finding about one of its keys was written down, so that the whole is not known. */
  boolean isWrong() {
    return wrong;
  }

  /** Whether netplan 0.99 would refuse it though later versions do not. */
  boolean isOfLaterType() {
    return type != null && LATER_TYPES.contains(type);
  }

  /**
   * @throws NetplanException {@code INVALID_VALUE}
   */
  Route route() {
    return new Route(destination(), via, from, metric, table, onLink, type, scope, mtu);
  }

  /** Writes down where its values stand. */
  void note(String path) {
    known.forEach(entry -> entry.note(path + "." + entry.name()));
    unknown.forEach(entry -> entry.keep(path + "." + entry.name()));
  }

  private Subnet destination() {
    if (to == null) {
      throw NetplanException.invalid("to", "a route needs a destination; add to: 0.0.0.0/0");
    }
    if (!to.equals("default")) {
      return Subnet.parse(to);
    }
    if (via == null) {
      throw NetplanException.invalid(
          "via", "the destination default needs a gateway; add via, or write 0.0.0.0/0");
    }
    return via.isV6() ? Subnet.ALL_V6 : Subnet.ALL_V4;
  }
}
