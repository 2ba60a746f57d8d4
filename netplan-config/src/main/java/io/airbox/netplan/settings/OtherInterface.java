package io.airbox.netplan.settings;

import java.util.List;

/**
 * An interface of a kind that is shown and kept, never edited.
 *
 * @param type netplan's key: {@code vlans}, {@code bridges}, {@code wifis}, {@code tunnels}, …
 * @param id its key in the file, as it stands there
 * @param uses ids it is built on: a VLAN's link, a bridge's ports
 * @param addresses fixed addresses that could be read
 * @param dhcp whether it asks a DHCP server
 */
public record OtherInterface(
    String type, String id, List<String> uses, List<Address> addresses, boolean dhcp) {
  public OtherInterface {
    uses = List.copyOf(uses);
    addresses = List.copyOf(addresses);
  }

  /** Whether the device exists by netplan's word alone, so that it must be deleted when dropped. */
  public boolean isVirtual() {
    return !type.equals("ethernets") && !type.equals("wifis") && !type.equals("modems");
  }
}
