package io.airbox.netplan.check;

import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.BondMode;
import io.airbox.netplan.settings.BondOption;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.OtherInterface;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Bonds: their ports and how their parameters fit. */
final class BondChecks {
  // the kernel refuses ARP monitoring in these
  private static final Set<BondMode> MII_ONLY =
      EnumSet.of(BondMode.IEEE_802_3AD, BondMode.BALANCE_TLB, BondMode.BALANCE_ALB);

  private BondChecks() {}

  static void check(
      Bond bond,
      NetworkSettings settings,
      Set<String> present,
      Optional<String> reachedThrough,
      List<Finding> findings) {
    String path = "bonds." + bond.id();
    ports(bond, path, settings, present, findings);
    reachedThrough
        .filter(bond.members()::contains)
        .ifPresent(
            id ->
                findings.add(
                    Finding.warning(
                        "bond-takes-your-port",
                        path + ".interfaces[" + bond.members().indexOf(id) + "]",
                        "you reach this machine through "
                            + id
                            + ", which becomes a port of "
                            + bond.id()
                            + " and loses its address",
                        "open the bond's address next and confirm there")));
    monitoring(bond, path + ".parameters", findings);
    parameters(bond, path + ".parameters", findings);
    if (bond.settings().dhcp().any() && bond.settings().macAddress() == null) {
      findings.add(
          Finding.warning(
              "bond-mac-of-its-own",
              path + ".macaddress",
              bond.id()
                  + " gets a MAC address of its own, so a DHCP server that knows the port's"
                  + " hands out another address",
              "give it the MAC address of its first port"));
    }
  }

  private static void ports(
      Bond bond,
      String path,
      NetworkSettings settings,
      Set<String> present,
      List<Finding> findings) {
    if (bond.members().isEmpty()) {
      findings.add(
          Finding.warning(
              "bond-without-ports",
              path + ".interfaces",
              bond.id() + " has no ports",
              "name its ports, or delete it"));
    }
    for (int i = 0; i < bond.members().size(); i++) {
      String id = bond.members().get(i);
      String at = path + ".interfaces[" + i + "]";
      if (settings.interfaceSettings(id).isEmpty()
          && settings.others().stream().noneMatch(other -> other.id().equals(id))) {
        findings.add(
            Finding.error(
                "bond-port-undefined",
                at,
                bond.id() + " names the port " + id + ", which is defined nowhere",
                "add " + id + ": {} below ethernets"));
      } else if (!present.isEmpty()
          && Optional.ofNullable(settings.ethernets().get(id))
              .filter(port -> port.match() == null)
              .isPresent()
          && !present.contains(id)) {
        findings.add(
            Finding.warning(
                "bond-port-absent",
                at,
                "this machine has no " + id,
                "choose among "
                    + String.join(
                        ", ",
                        present.stream().filter(name -> !name.equals("lo")).sorted().toList())));
      }
      master(bond, id, settings)
          .ifPresent(
              other ->
                  findings.add(
                      Finding.error(
                          "port-of-two",
                          at,
                          id + " is a port of " + bond.id() + " and of " + other,
                          "take it out of one of them")));
    }
  }

  /** Who else has the port. */
  private static Optional<String> master(Bond bond, String id, NetworkSettings settings) {
    return settings
        .bondOf(id)
        .filter(first -> !first.equals(bond))
        .map(Bond::id)
        .or(
            () ->
                settings.others().stream()
                    .filter(other -> other.type().equals("bridges") && other.uses().contains(id))
                    .map(OtherInterface::id)
                    .findFirst());
  }

  private static void monitoring(Bond bond, String path, List<Finding> findings) {
    boolean mii = number(bond, BondOption.MII_MONITOR_INTERVAL) > 0;
    boolean arp = number(bond, BondOption.ARP_INTERVAL) > 0;
    if (mii && arp) {
      findings.add(
          Finding.error(
              "bond-two-monitors",
              path + "." + BondOption.ARP_INTERVAL.key(),
              bond.id() + " watches its ports in two ways; the kernel takes only one",
              "keep mii-monitor-interval and delete arp-interval"));
    } else if (arp && MII_ONLY.contains(bond.parameters().mode())) {
      findings.add(
          Finding.error(
              "bond-monitor-refused",
              path + "." + BondOption.ARP_INTERVAL.key(),
              "mode " + bond.parameters().mode().word() + " cannot watch its ports by ARP",
              "use mii-monitor-interval: 100"));
    } else if (arp && bond.parameters().option(BondOption.ARP_IP_TARGETS).isEmpty()) {
      findings.add(
          Finding.error(
              "bond-without-targets",
              path + "." + BondOption.ARP_IP_TARGETS.key(),
              bond.id() + " is to watch its ports by ARP, but knows nobody to ask",
              "add arp-ip-targets, as the router's address"));
    } else if (!mii && !arp) {
      findings.add(
          Finding.warning(
              "bond-unmonitored",
              path + "." + BondOption.MII_MONITOR_INTERVAL.key(),
              bond.id() + " would not notice a dead link",
              "set mii-monitor-interval: 100"));
    }
  }

  private static void parameters(Bond bond, String path, List<Finding> findings) {
    BondMode mode = bond.parameters().mode();
    for (BondOption option : bond.parameters().options().keySet()) {
      if (!option.modes().contains(mode)) {
        findings.add(
            Finding.warning(
                "bond-option-unused",
                path + "." + option.key(),
                option.key() + " has no effect in mode " + mode.word(),
                "delete it"));
      }
    }
    bond.parameters()
        .option(BondOption.PRIMARY)
        .filter(id -> !bond.members().contains(id))
        .ifPresent(
            id ->
                findings.add(
                    Finding.error(
                        "bond-primary-is-no-port",
                        path + "." + BondOption.PRIMARY.key(),
                        "primary " + id + " is no port of " + bond.id(),
                        "use one of " + bond.members())));
    long minLinks = number(bond, BondOption.MIN_LINKS);
    if (minLinks > bond.members().size()) {
      findings.add(
          Finding.error(
              "bond-never-up",
              path + "." + BondOption.MIN_LINKS.key(),
              bond.id()
                  + " is to come up with "
                  + minLinks
                  + " links, but has "
                  + bond.members().size()
                  + " ports",
              "lower min-links"));
    }
  }

  private static long number(Bond bond, BondOption option) {
    return bond.parameters().option(option).map(Long::parseLong).orElse(0L);
  }
}
