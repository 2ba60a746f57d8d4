package io.airbox.daemon.network;

import io.airbox.daemon.network.LiveInterface.LiveBond;
import io.airbox.daemon.network.LiveInterface.Member;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code /proc/net/bonding/BOND}, whose lines are {@code Name: value}, the bond's first and
 * then each port's behind its {@code Slave Interface}, and what {@code bonding_slave} in {@code
 * /sys} adds: without root the first leaves out what LACP has agreed on.
 */
final class BondingReport {
  /** In sync, collecting and distributing: bits 3 to 5 of a port's LACP state, IEEE 802.1AX. */
  private static final int CARRIES_TRAFFIC = 0x38;

  private static final Map<String, String> MODES =
      Map.of(
          "load balancing (round-robin)", "balance-rr",
          "fault-tolerance (active-backup)", "active-backup",
          "load balancing (xor)", "balance-xor",
          "fault-tolerance (broadcast)", "broadcast",
          "IEEE 802.3ad Dynamic link aggregation", "802.3ad",
          "transmit load balancing", "balance-tlb",
          "adaptive load balancing", "balance-alb");

  private BondingReport() {}

  /**
   * Reads it.
   *
   * @param report the file's text; null when there is none
   * @param portFolder where {@code /sys} tells about a port of the bond
   * @param bondFolder where {@code /sys} tells about the bond
   */
  static LiveBond read(
      @Nullable String report, Function<String, Path> portFolder, Path bondFolder) {
    Map<String, String> own = new HashMap<>();
    List<Map<String, String>> ports = new ArrayList<>();
    for (String line : (report == null ? "" : report).split("\n", -1)) {
      int colon = line.indexOf(": ");
      if (colon < 0) {
        continue;
      }
      String name = line.substring(0, colon).strip();
      if (name.equals("Slave Interface")) {
        ports.add(new HashMap<>());
      }
      Map<String, String> at = ports.isEmpty() ? own : ports.get(ports.size() - 1);
      // a port's agreement with the switch follows its own lines and repeats their names
      at.putIfAbsent(name, line.substring(colon + 2).strip());
    }
    List<Member> members = new ArrayList<>();
    if (report == null) {
      LiveNetwork.words(LiveNetwork.text(bondFolder.resolve("slaves")))
          .forEach(port -> members.add(member(Map.of("Slave Interface", port), portFolder, false)));
    }
    String mode = mode(own.get("Bonding Mode"), bondFolder);
    ports.forEach(port -> members.add(member(port, portFolder, "802.3ad".equals(mode))));
    return new LiveBond(
        mode,
        LiveNetwork.number(own.get("MII Polling Interval (ms)")),
        none(own.get("Currently Active Slave")),
        first(own.get("Transmit Hash Policy")),
        own.get("LACP rate"),
        own.get("Partner Mac Address"),
        members);
  }

  private static @Nullable String mode(@Nullable String told, Path bondFolder) {
    if (told == null) {
      return first(LiveNetwork.text(bondFolder.resolve("mode")));
    }
    // "fault-tolerance (active-backup) (fail_over_mac active)"
    return MODES.entrySet().stream()
        .filter(each -> told.startsWith(each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(told);
  }

  private static Member member(
      Map<String, String> told, Function<String, Path> portFolder, boolean lacp) {
    String name = told.getOrDefault("Slave Interface", "");
    Path folder = portFolder.apply(name);
    String status = told.get("MII Status");
    String duplex = told.get("Duplex");
    OptionalInt state =
        LiveNetwork.number(LiveNetwork.text(folder.resolve("ad_actor_oper_port_state")));
    OptionalInt partner =
        LiveNetwork.number(LiveNetwork.text(folder.resolve("ad_partner_oper_port_state")));
    return new Member(
        name,
        status == null ? Optional.empty() : Optional.of(status.equals("up")),
        LiveNetwork.number(first(told.get("Speed"))),
        "full".equals(duplex) || "half".equals(duplex) ? duplex : null,
        LiveNetwork.number(told.get("Link Failure Count")),
        LiveNetwork.number(told.get("Aggregator ID")),
        lacp && state.isPresent() && partner.isPresent()
            ? Optional.of(carries(state.getAsInt()) && carries(partner.getAsInt()))
            : Optional.empty());
  }

  private static boolean carries(int state) {
    return (state & CARRIES_TRAFFIC) == CARRIES_TRAFFIC;
  }

  private static @Nullable String first(@Nullable String text) {
    List<String> words = LiveNetwork.words(text);
    return words.isEmpty() ? null : words.get(0);
  }

  private static @Nullable String none(@Nullable String text) {
    return text == null || text.equals("None") ? null : text;
  }
}
