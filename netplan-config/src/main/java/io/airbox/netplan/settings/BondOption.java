package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Parameters of a bond besides its mode, by netplan's spelling that every version takes. */
@SuppressWarnings("ImmutableEnumChecker") // unmodifiable copies and records of such
public enum BondOption {
  LACP_RATE("lacp-rate", words("slow", "fast"), EnumSet.of(BondMode.IEEE_802_3AD)),
  /** Milliseconds between looks at the link; 0 never looks, so a dead link goes unnoticed. */
  MII_MONITOR_INTERVAL("mii-monitor-interval", range(0, 60_000), EnumSet.allOf(BondMode.class)),
  MIN_LINKS("min-links", range(0, 64), EnumSet.of(BondMode.IEEE_802_3AD)),
  TRANSMIT_HASH_POLICY(
      "transmit-hash-policy",
      words("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4"),
      EnumSet.of(BondMode.BALANCE_XOR, BondMode.IEEE_802_3AD, BondMode.BALANCE_TLB)),
  AD_SELECT("ad-select", words("stable", "bandwidth", "count"), EnumSet.of(BondMode.IEEE_802_3AD)),
  ALL_SLAVES_ACTIVE("all-slaves-active", new Flag(), EnumSet.allOf(BondMode.class)),
  /** Milliseconds. */
  ARP_INTERVAL("arp-interval", range(0, 3_600_000), EnumSet.allOf(BondMode.class)),
  /** At most 16 IPv4 addresses, separated by commas. */
  ARP_IP_TARGETS("arp-ip-targets", new Addresses(16), EnumSet.allOf(BondMode.class)),
  ARP_VALIDATE(
      "arp-validate", words("none", "active", "backup", "all"), EnumSet.of(BondMode.ACTIVE_BACKUP)),
  ARP_ALL_TARGETS("arp-all-targets", words("any", "all"), EnumSet.of(BondMode.ACTIVE_BACKUP)),
  /** Milliseconds. */
  UP_DELAY("up-delay", range(0, 3_600_000), EnumSet.allOf(BondMode.class)),
  /** Milliseconds. */
  DOWN_DELAY("down-delay", range(0, 3_600_000), EnumSet.allOf(BondMode.class)),
  FAIL_OVER_MAC_POLICY(
      "fail-over-mac-policy",
      words("none", "active", "follow"),
      EnumSet.of(BondMode.ACTIVE_BACKUP)),
  GRATUITOUS_ARP("gratuitous-arp", range(1, 255), EnumSet.of(BondMode.ACTIVE_BACKUP)),
  PACKETS_PER_SLAVE("packets-per-slave", range(0, 65535), EnumSet.of(BondMode.BALANCE_RR)),
  /** Id of the port that is used while it works. */
  PRIMARY(
      "primary",
      new Port(),
      EnumSet.of(BondMode.ACTIVE_BACKUP, BondMode.BALANCE_TLB, BondMode.BALANCE_ALB)),
  PRIMARY_RESELECT_POLICY(
      "primary-reselect-policy",
      words("always", "better", "failure"),
      EnumSet.of(BondMode.ACTIVE_BACKUP, BondMode.BALANCE_TLB, BondMode.BALANCE_ALB)),
  RESEND_IGMP("resend-igmp", range(0, 255), EnumSet.allOf(BondMode.class)),
  /** Seconds. */
  LEARN_PACKET_INTERVAL(
      "learn-packet-interval",
      range(1, 0x7fffffff),
      EnumSet.of(BondMode.BALANCE_TLB, BondMode.BALANCE_ALB));

  /** What a value may be. */
  public sealed interface Form {}

  /**
   * One of these words.
   *
   * @param allowed netplan's spellings
   */
  public record Words(List<String> allowed) implements Form {}

  /**
   * A whole number.
   *
   * @param from inclusive
   * @param to inclusive
   */
  public record Range(long from, long to) implements Form {}

  /** {@code true} or {@code false}; files may say it in netplan's other ways. */
  public record Flag() implements Form {}

  /**
   * IPv4 addresses, separated by commas.
   *
   * @param most how many there may be
   */
  public record Addresses(int most) implements Form {}

  /** The id of one of the bond's ports. */
  public record Port() implements Form {}

  private final String key;
  private final Form form;
  private final Set<BondMode> modes;

  BondOption(String key, Form form, Set<BondMode> modes) {
    this.key = key;
    this.form = form;
    this.modes = Set.copyOf(modes);
  }

  /** netplan's spelling. */
  public String key() {
    return key;
  }

  public Form form() {
    return form;
  }

  /** The modes in which it has an effect. */
  public Set<BondMode> modes() {
    return modes;
  }

  /** By netplan's spelling. */
  public static Optional<BondOption> of(String key) {
    return Arrays.stream(values()).filter(option -> option.key.equals(key)).findFirst();
  }

  /**
   * The canonical text of a value.
   *
   * @throws NetplanException {@code INVALID_VALUE} when {@code text} is none
   */
  String canonical(String text) {
    if (form instanceof Words words) {
      if (!words.allowed().contains(text)) {
        throw NetplanException.invalid(
            key,
            key
                + " "
                + NetplanException.quoted(text)
                + " is none of "
                + String.join(", ", words.allowed()));
      }
      return text;
    }
    if (form instanceof Range range) {
      return Long.toString(Numbers.inRange(key, text, range.from(), range.to()));
    }
    if (form instanceof Addresses addresses) {
      List<String> parts = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
      if (parts.size() > addresses.most()
          || !parts.stream().allMatch(part -> IpAddress.isValid(part) && part.indexOf(':') < 0)) {
        throw NetplanException.invalid(
            key,
            key
                + " "
                + NetplanException.quoted(text)
                + " is not 1 to "
                + addresses.most()
                + " IPv4 addresses separated by commas");
      }
      return String.join(",", parts);
    }
    if (form instanceof Flag) {
      if (!text.equals("true") && !text.equals("false")) {
        throw NetplanException.invalid(
            key, key + " " + NetplanException.quoted(text) + " is not true or false");
      }
      return text;
    }
    return InterfaceName.require(text);
  }

  private static Words words(String... allowed) {
    return new Words(List.of(allowed));
  }

  private static Range range(long from, long to) {
    return new Range(from, to);
  }
}
