package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The network of a machine: what all netplan files together say.
 *
 * @param ethernets physical ports by id, in the files' order
 * @param bonds by id, in the files' order
 * @param others VLANs, bridges and the rest; an edit never changes them
 */
public record NetworkSettings(
    Map<String, Ethernet> ethernets, Map<String, Bond> bonds, List<OtherInterface> others) {
  /** Nothing configured. */
  public static final NetworkSettings EMPTY = new NetworkSettings(Map.of(), Map.of(), List.of());

  /**
   * @throws NetplanException {@code INVALID_VALUE} when a key differs from its value's id, or an id
   *     is used twice
   */
  public NetworkSettings {
    ethernets = Collections.unmodifiableMap(new LinkedHashMap<>(ethernets));
    bonds = Collections.unmodifiableMap(new LinkedHashMap<>(bonds));
    others = List.copyOf(others);
    ethernets.forEach((id, port) -> sameId(id, port.id()));
    bonds.forEach((id, bond) -> sameId(id, bond.id()));
    for (String id : bonds.keySet()) {
      if (ethernets.containsKey(id)) {
        throw NetplanException.invalid(
            "bonds." + id, id + " is both a port and a bond; give the bond another name");
      }
    }
    for (OtherInterface other : others) {
      if (ethernets.containsKey(other.id()) || bonds.containsKey(other.id())) {
        throw NetplanException.invalid(
            other.type() + "." + other.id(),
            NetplanException.quoted(other.id()) + " is defined as two kinds of interface");
      }
    }
  }

  /** The settings of a port or bond. */
  public Optional<InterfaceSettings> interfaceSettings(String id) {
    Ethernet port = ethernets.get(id);
    if (port != null) {
      return Optional.of(port.settings());
    }
    return Optional.ofNullable(bonds.get(id)).map(Bond::settings);
  }

  /** Ports and bonds by id, ports first. */
  public Map<String, InterfaceSettings> interfaces() {
    Map<String, InterfaceSettings> all = new LinkedHashMap<>();
    ethernets.forEach((id, port) -> all.put(id, port.settings()));
    bonds.forEach((id, bond) -> all.put(id, bond.settings()));
    return Collections.unmodifiableMap(all);
  }

  /** The bond that has {@code id} as a port. */
  public Optional<Bond> bondOf(String id) {
    return bonds.values().stream().filter(bond -> bond.members().contains(id)).findFirst();
  }

  /** With {@code port} in place of the one of the same id, or added at the end. */
  public NetworkSettings with(Ethernet port) {
    Map<String, Ethernet> more = new LinkedHashMap<>(ethernets);
    more.put(port.id(), port);
    return new NetworkSettings(more, bonds, others);
  }

  /** With {@code bond} in place of the one of the same id, or added at the end. */
  public NetworkSettings with(Bond bond) {
    Map<String, Bond> more = new LinkedHashMap<>(bonds);
    more.put(bond.id(), bond);
    return new NetworkSettings(ethernets, more, others);
  }

  /** Without the bond {@code id}, if there is one. */
  public NetworkSettings withoutBond(String id) {
    Map<String, Bond> fewer = new LinkedHashMap<>(bonds);
    fewer.remove(id);
    return new NetworkSettings(ethernets, fewer, others);
  }

  private static void sameId(String key, String id) {
    if (!key.equals(id)) {
      throw NetplanException.invalid(
          "id", "the key " + NetplanException.quoted(key) + " is not the id " + id);
    }
  }
}
