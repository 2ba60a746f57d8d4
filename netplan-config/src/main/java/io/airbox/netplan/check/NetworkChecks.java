package io.airbox.netplan.check;

import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.LinkLocal;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.OtherInterface;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What netplan lets through and a box should not. */
public final class NetworkChecks {
  // pairs of them are looked at, which a request must not make a matter of minutes
  private static final int MOST = 1000;

  private NetworkChecks() {}

  /**
   * What is wrong or doubtful with settings that are to come into force.
   *
   * @param present interfaces that exist, as in {@code /sys/class/net}; empty for unknown
   * @param reachedThrough the interface that the asker's connection came through
   * @return errors first; without origins, which only the reader of files knows
   */
  public static List<Finding> findings(
      NetworkSettings settings, Set<String> present, Optional<String> reachedThrough) {
    int size = size(settings);
    if (size > MOST) {
      return List.of(
          Finding.error(
              "too-many-values",
              "",
              "the settings have "
                  + size
                  + " interfaces, addresses, routes and ports in all, more than the "
                  + MOST
                  + " that can be checked against each other",
              "delete what is not needed"));
    }
    List<Link> links = Link.of(settings, present);
    List<Finding> findings = new ArrayList<>();
    for (Link link : links) {
      if (link.isPort()) {
        port(link, findings);
      } else {
        LinkChecks.check(link, findings);
      }
    }
    List<Link> active = links.stream().filter(link -> !link.isPort()).toList();
    AddressChecks.check(active, findings);
    RouteChecks.check(active, findings);
    for (Bond bond : settings.bonds().values()) {
      BondChecks.check(bond, settings, present, reachedThrough, findings);
    }
    names(settings, findings);
    wayIn(settings, active, findings);
    findings.sort(Comparator.comparing(Finding::severity));
    return List.copyOf(findings);
  }

  private static int size(NetworkSettings settings) {
    int size = 0;
    for (InterfaceSettings each : settings.interfaces().values()) {
      size += 1 + each.addresses().size() + each.routes().size();
    }
    for (Bond bond : settings.bonds().values()) {
      size += bond.members().size();
    }
    for (OtherInterface other : settings.others()) {
      size += 1 + other.addresses().size() + other.uses().size();
    }
    return size;
  }

  /** A port of a bond or bridge lends its cable only; netplan writes its addresses all the same. */
  private static void port(Link link, List<Finding> findings) {
    InterfaceSettings settings = link.settings();
    String what =
        !settings.addresses().isEmpty()
            ? "addresses"
            : settings.dhcp().v4()
                ? "dhcp4"
                : settings.dhcp().v6()
                    ? "dhcp6"
                    : !settings.routes().isEmpty()
                        ? "routes"
                        : settings.gateway4() != null
                            ? "gateway4"
                            : settings.gateway6() != null ? "gateway6" : "";
    if (!what.isEmpty()) {
      findings.add(
          Finding.error(
              "addressed-port",
              link.path(what),
              link.id() + " is a port of " + link.master() + " and has " + what + " of its own",
              "move them to " + link.master()));
    }
  }

  private static void names(NetworkSettings settings, List<Finding> findings) {
    Map<String, String> paths = new HashMap<>();
    for (Ethernet port : settings.ethernets().values()) {
      if (port.setName() != null) {
        name(port.setName(), "ethernets." + port.id() + ".set-name", paths, findings);
      } else if (port.match() == null) {
        name(port.id(), "ethernets." + port.id(), paths, findings);
      }
    }
    settings.bonds().keySet().forEach(id -> name(id, "bonds." + id, paths, findings));
    settings.others().stream()
        .filter(OtherInterface::isVirtual)
        .forEach(other -> name(other.id(), other.type() + "." + other.id(), paths, findings));
  }

  private static void name(
      String name, String path, Map<String, String> paths, List<Finding> findings) {
    String first = paths.putIfAbsent(name, path);
    if (first != null) {
      findings.add(
          Finding.error(
              "name-twice",
              path,
              "two interfaces are to be called " + name + ", the other is " + first,
              "give one of them another name"));
    }
  }

  private static void wayIn(NetworkSettings settings, List<Link> active, List<Finding> findings) {
    boolean any =
        active.stream()
            .filter(link -> !link.absent())
            .filter(
                link ->
                    Optional.ofNullable(settings.bonds().get(link.id()))
                        .map(bond -> !bond.members().isEmpty())
                        .orElse(true))
            .anyMatch(NetworkChecks::isReachable);
    if (!any) {
      findings.add(
          Finding.error(
              "no-way-in",
              "",
              "no interface of this machine would have an address: only the serial console would be"
                  + " left",
              "give a port an address or DHCP"));
    }
  }

  private static boolean isReachable(Link link) {
    LinkLocal linkLocal = link.settings().linkLocal();
    return link.settings().isAddressed() || (linkLocal != null && linkLocal.v4());
  }
}
