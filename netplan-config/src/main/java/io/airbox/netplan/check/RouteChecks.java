package io.airbox.netplan.check;

import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Dhcp;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.Route;
import io.airbox.netplan.settings.Subnet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Routes, gateways in both spellings, and what they need. */
final class RouteChecks {
  private static final long MAIN_TABLE = 254;
  private static final long DHCP_METRIC = 100;

  private record Placed(Link link, Route route, String path) {
    /** Path of the gateway. */
    String via() {
      return path.contains(".routes[") ? path + ".via" : path;
    }
  }

  /** What the kernel tells routes apart by. */
  private record Key(Subnet to, long table, long metric) {}

  private RouteChecks() {}

  static void check(List<Link> links, List<Finding> findings) {
    List<Placed> all = new ArrayList<>();
    links.forEach(link -> collect(link, all));
    Set<IpAddress> own =
        links.stream()
            .flatMap(link -> link.settings().addresses().stream())
            .map(Address::ip)
            .collect(Collectors.toSet());
    for (Placed placed : all) {
      gateway(placed, own, findings);
      destination(placed, findings);
    }
    twice(all, findings);
    dhcpMetrics(links, findings);
    nameServers(links, all, findings);
  }

  private static void collect(Link link, List<Placed> all) {
    InterfaceSettings settings = link.settings();
    if (settings.gateway4() != null) {
      all.add(new Placed(link, Route.defaultVia(settings.gateway4()), link.path("gateway4")));
    }
    if (settings.gateway6() != null) {
      all.add(new Placed(link, Route.defaultVia(settings.gateway6()), link.path("gateway6")));
    }
    for (int i = 0; i < settings.routes().size(); i++) {
      all.add(new Placed(link, settings.routes().get(i), link.path("routes[" + i + "]")));
    }
  }

  private static void gateway(Placed placed, Set<IpAddress> own, List<Finding> findings) {
    IpAddress via = placed.route().via();
    if (via == null) {
      return;
    }
    InterfaceSettings settings = placed.link().settings();
    List<Subnet> nets = settings.addresses().stream().map(Address::subnet).toList();
    if (own.contains(via)) {
      findings.add(
          Finding.error(
              "gateway-is-own-address",
              placed.via(),
              "the gateway " + via + " is an address of this machine",
              "use the router's address"));
    } else if (!via.isUnicast() || nets.stream().anyMatch(net -> isNoHost(via, net))) {
      findings.add(
          Finding.error(
              "gateway-is-no-host",
              placed.via(),
              "the gateway "
                  + via
                  + " is no host's address, but a network's, a broadcast one or the like",
              "use the router's address"));
    } else if (!placed.route().onLink()
        && !(via.isV6() && via.isLinkLocal())
        && nets.stream().noneMatch(net -> net.contains(via))
        && settings.routes().stream().noneMatch(r -> r.via() == null && r.to().contains(via))) {
      unreachable(placed, via, findings);
    }
  }

  private static void unreachable(Placed placed, IpAddress via, List<Finding> findings) {
    InterfaceSettings settings = placed.link().settings();
    String message =
        "the gateway "
            + via
            + " is in no network that "
            + placed.link().id()
            + " has an address of";
    String advice = "mend the gateway or the address, or set on-link: true";
    Dhcp dhcp = settings.dhcp();
    boolean learnt =
        via.isV6() ? dhcp.v6() || !Boolean.FALSE.equals(settings.acceptRa()) : dhcp.v4();
    findings.add(
        learnt
            ? Finding.warning(
                "gateway-unreachable",
                placed.via(),
                message + " for sure; it depends on what the network hands out",
                advice)
            : Finding.error("gateway-unreachable", placed.via(), message, advice));
  }

  private static boolean isNoHost(IpAddress via, Subnet net) {
    return net.contains(via)
        && net.prefix() <= via.bits() - 2
        && !via.isV6()
        && (via.equals(net.network()) || via.equals(net.last()));
  }

  private static void destination(Placed placed, List<Finding> findings) {
    Route route = placed.route();
    Subnet to = route.to();
    if (!to.ip().equals(to.network())) {
      findings.add(
          Finding.error(
              "route-host-bits",
              placed.path() + ".to",
              to + " is an address in a network, not a network; the kernel refuses such a route",
              "write " + to.network() + "/" + to.prefix()));
    }
    IpAddress from = route.from();
    InterfaceSettings settings = placed.link().settings();
    if (from != null
        && settings.addresses().stream().noneMatch(address -> address.ip().equals(from))
        && !(from.isV6() ? settings.dhcp().v6() : settings.dhcp().v4())) {
      findings.add(
          Finding.warning(
              "route-source-unknown",
              placed.path() + ".from",
              from + " is no address of " + placed.link().id(),
              "add the address or delete from"));
    }
  }

  private static void twice(List<Placed> all, List<Finding> findings) {
    Map<Key, Placed> seen = new HashMap<>();
    for (Placed placed : all) {
      Placed first = seen.putIfAbsent(key(placed.route()), placed);
      if (first == null) {
        continue;
      }
      if (placed.route().isDefault() && first.route().isDefault()) {
        findings.add(
            Finding.error(
                "two-default-routes",
                placed.path(),
                "two default routes of the same rank, by "
                    + first.route().via()
                    + " on "
                    + first.link().id()
                    + " and by "
                    + placed.route().via()
                    + " on "
                    + placed.link().id(),
                "delete one, or give it a higher metric; see " + first.path()));
      } else {
        findings.add(
            Finding.warning(
                "route-twice",
                placed.path(),
                "a second route to " + placed.route().to() + " of the same rank has no effect",
                "delete one, or give it another metric; see " + first.path()));
      }
    }
  }

  private static Key key(Route route) {
    Subnet to = new Subnet(route.to().network(), route.to().prefix());
    long metric = Objects.requireNonNullElse(route.metric(), to.ip().isV6() ? 1024L : 0L);
    return new Key(to, Objects.requireNonNullElse(route.table(), MAIN_TABLE), metric);
  }

  /** Two routers of the same rank: which of them is used changes by chance. */
  private static void dhcpMetrics(List<Link> links, List<Finding> findings) {
    Map<Long, Link> seen = new HashMap<>();
    for (Link link : links) {
      if (link.absent() || !link.settings().dhcp().v4()) {
        continue;
      }
      long metric = Objects.requireNonNullElse(link.settings().dhcp().v4Metric(), DHCP_METRIC);
      Link first = seen.putIfAbsent(metric, link);
      if (first != null) {
        findings.add(
            Finding.warning(
                "equal-dhcp-metrics",
                link.path("dhcp4-overrides.route-metric"),
                first.id()
                    + " and "
                    + link.id()
                    + " both ask a DHCP server and take its router with metric "
                    + metric,
                "give " + link.id() + " a route-metric of " + (metric + 100)));
      }
    }
  }

  private static void nameServers(List<Link> links, List<Placed> all, List<Finding> findings) {
    boolean known =
        links.stream()
            .filter(link -> !link.absent())
            .map(Link::settings)
            .anyMatch(s -> s.dhcp().any() || !s.nameServers().addresses().isEmpty());
    if (!known) {
      all.stream()
          .filter(placed -> placed.route().isDefault())
          .findFirst()
          .ifPresent(
              placed ->
                  findings.add(
                      Finding.warning(
                          "no-name-server",
                          placed.link().path("nameservers"),
                          "there is a way to the internet, but nobody to ask for names",
                          "add the router's address, or another name server")));
    }
  }
}
