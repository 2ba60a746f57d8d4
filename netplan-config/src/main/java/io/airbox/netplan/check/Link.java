package io.airbox.netplan.check;

import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.Dhcp;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.OtherInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An interface of any kind as the checks see it.
 *
 * @param path of its settings
 * @param id its key
 * @param settings of kinds that are kept only: addresses and DHCP as far as known
 * @param master what it is a port of, as {@code bond bond0}; empty for none
 * @param absent whether it is a physical port that this machine is known not to have
 */
record Link(String path, String id, InterfaceSettings settings, String master, boolean absent) {
  boolean isPort() {
    return !master.isEmpty();
  }

  /** Path of one of its keys. */
  String path(String key) {
    return path + "." + key;
  }

  /** All interfaces, ports first. */
  static List<Link> of(NetworkSettings settings, Set<String> present) {
    Map<String, String> masters = masters(settings);
    List<Link> links = new ArrayList<>();
    for (Ethernet port : settings.ethernets().values()) {
      links.add(
          new Link(
              "ethernets." + port.id(),
              port.id(),
              port.settings(),
              masters.getOrDefault(port.id(), ""),
              !present.isEmpty() && port.match() == null && !present.contains(port.id())));
    }
    for (Bond bond : settings.bonds().values()) {
      links.add(
          new Link(
              "bonds." + bond.id(),
              bond.id(),
              bond.settings(),
              masters.getOrDefault(bond.id(), ""),
              false));
    }
    for (OtherInterface other : settings.others()) {
      InterfaceSettings seen = InterfaceSettings.EMPTY.withAddresses(other.addresses());
      links.add(
          new Link(
              other.type() + "." + other.id(),
              other.id(),
              other.dhcp() ? seen.withDhcp(Dhcp.V4_BY_MAC) : seen,
              masters.getOrDefault(other.id(), ""),
              false));
    }
    return links;
  }

  private static Map<String, String> masters(NetworkSettings settings) {
    List<Map.Entry<String, String>> pairs = new ArrayList<>();
    settings
        .bonds()
        .values()
        .forEach(
            bond -> bond.members().forEach(id -> pairs.add(Map.entry(id, "bond " + bond.id()))));
    settings.others().stream()
        .filter(other -> other.type().equals("bridges"))
        .forEach(
            bridge ->
                bridge.uses().forEach(id -> pairs.add(Map.entry(id, "bridge " + bridge.id()))));
    return pairs.stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a));
  }
}
