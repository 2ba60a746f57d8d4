package io.airbox.netplan.preset;

import static io.airbox.netplan.preset.PresetField.Form.ADDRESS;
import static io.airbox.netplan.preset.PresetField.Form.DOMAINS;
import static io.airbox.netplan.preset.PresetField.Form.IP;
import static io.airbox.netplan.preset.PresetField.Form.IPS;
import static io.airbox.netplan.preset.PresetField.Form.PORT;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.settings.NetworkSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The set-ups that most owners want. */
@SuppressWarnings("ImmutableEnumChecker") // unmodifiable lists of records
public enum Preset {
  /** eth0 asks a DHCP server; eth1 is 192.168.150.1/24 for a laptop. */
  FACTORY_DEFAULT(
      "factory-default", "As delivered: eth0 by DHCP, eth1 at 192.168.150.1", List.of(), ""),
  /** Both ports ask a DHCP server; eth0 is preferred. */
  BOTH_DHCP("both-dhcp", "Both ports by DHCP", List.of(), ""),
  /** Both ports as one by LACP. */
  BOND_802_3AD(
      "bond-802.3ad",
      "Both ports as one, with LACP",
      bondFields(),
      "The switch must be a managed one: put its two ports into one LACP group (802.3ad) first. One"
          + " connection still gets the speed of one port."),
  /** Both ports as one; the second stands by. */
  BOND_ACTIVE_BACKUP(
      "bond-active-backup",
      "Both ports as one, the second stands by",
      bondFields(),
      "Any switch will do, also two of them; set nothing up there."),
  /** Both ports as one, shared by ARP. */
  BOND_BALANCE_ALB(
      "bond-balance-alb",
      "Both ports as one, shared without the switch's help",
      bondFields(),
      "Any switch will do, if it allows one address to move between ports (no port security); set"
          + " nothing up there."),
  /** One port with a fixed address. */
  STATIC(
      "static",
      "A fixed address",
      List.of(
          new PresetField("port", PORT, false, "eth0", "The port that gets the address."),
          new PresetField("address", ADDRESS, true, "", "Its address, as 192.168.1.10/24."),
          new PresetField("gateway", IP, false, "", "The router, for the way to other nets."),
          new PresetField("nameservers", IPS, false, "", "Who is asked for names."),
          new PresetField("search", DOMAINS, false, "", "Domains tried behind short names.")),
      ""),
  /** A laptop on a cable: link-local addresses, found by mDNS. */
  DIRECT_CABLE(
      "direct-cable",
      "A laptop directly on the cable, no router",
      List.of(new PresetField("port", PORT, false, "eth1", "The port with the cable.")),
      "");

  private final String id;
  private final String title;
  private final List<PresetField> fields;
  private final String switchSetup;

  Preset(String id, String title, List<PresetField> fields, String switchSetup) {
    this.id = id;
    this.title = title;
    this.fields = fields;
    this.switchSetup = switchSetup;
  }

  /** As requests and the command line name it. */
  public String id() {
    return id;
  }

  public String title() {
    return title;
  }

  /** What is asked for, in order. */
  public List<PresetField> fields() {
    return fields;
  }

  /** What the switch at the other end must do; empty when there is nothing to say. */
  public String switchSetup() {
    return switchSetup;
  }

  /**
   * @throws NetplanException {@code INVALID_VALUE} for an unknown id
   */
  public static Preset of(String id) {
    return Arrays.stream(values())
        .filter(preset -> preset.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                NetplanException.invalid(
                    "preset",
                    "preset "
                        + NetplanException.quoted(id)
                        + " is none of "
                        + String.join(", ", Arrays.stream(values()).map(Preset::id).toList())));
  }

  /**
   * The settings that this preset makes of {@code current}. Ports, bonds and other interfaces that
   * it does not name stay as they are, except that a bond loses its life when a preset needs its
   * ports.
   *
   * @param given text by field's name
   * @throws NetplanException {@code INVALID_VALUE} for an unknown, missing or wrong field
   */
  public NetworkSettings settings(NetworkSettings current, Map<String, String> given) {
    return new PresetSettings(this, given).applyTo(current);
  }

  private static List<PresetField> bondFields() {
    return List.of(
        new PresetField(
            "address",
            ADDRESS,
            false,
            "",
            "A fixed address, as 192.168.1.10/24; left out, a DHCP server is asked."),
        new PresetField("gateway", IP, false, "", "The router, with a fixed address."),
        new PresetField("nameservers", IPS, false, "", "Who is asked for names."),
        new PresetField("search", DOMAINS, false, "", "Domains tried behind short names."));
  }
}
