package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.List;

/**
 * Several ports used as one.
 *
 * @param id the interface's name
 * @param settings addresses and the like
 * @param members ids of its ports, in order, each once
 * @param parameters mode and the rest
 */
public record Bond(
    String id, InterfaceSettings settings, List<String> members, BondParameters parameters) {
  /**
   * @throws NetplanException {@code INVALID_VALUE}
   */
  public Bond {
    InterfaceName.require(id);
    members = List.copyOf(members);
    members.forEach(InterfaceName::require);
    if (members.stream().distinct().count() != members.size()) {
      throw NetplanException.invalid(
          "interfaces", "bond " + id + " names a port twice: " + members);
    }
  }

  public Bond with(InterfaceSettings value) {
    return new Bond(id, value, members, parameters);
  }
}
