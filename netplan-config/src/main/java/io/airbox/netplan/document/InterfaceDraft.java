package io.airbox.netplan.document;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.BondMode;
import io.airbox.netplan.settings.BondOption;
import io.airbox.netplan.settings.BondParameters;
import io.airbox.netplan.settings.Dhcp;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.InterfaceName;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.LinkLocal;
import io.airbox.netplan.settings.Match;
import io.airbox.netplan.settings.NameServers;
import io.airbox.netplan.settings.OtherInterface;
import io.airbox.netplan.settings.Route;
import io.airbox.netplan.yaml.YamlNode.Mapping;
import io.airbox.netplan.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One interface, as far as the files read so far say; each key by netplan's rule of joining. */
final class InterfaceDraft {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s)?");
  // letters that are safe in the names and texts of every generated file
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:-]{0,62}");

  private final String type;
  private final String id;
  private final Cursor first;

  private boolean dhcp4;
  private boolean dhcp6;
  private @Nullable String dhcpIdentifier;
  private @Nullable Long dhcp4Metric;
  private @Nullable Long dhcp6Metric;
  private final List<Address> addresses = new ArrayList<>();
  private @Nullable IpAddress gateway4;
  private @Nullable IpAddress gateway6;
  private final List<Route> routes = new ArrayList<>();
  private final List<IpAddress> nameServers = new ArrayList<>();
  private final List<String> search = new ArrayList<>();
  private @Nullable Integer mtu;
  private boolean optional;
  private @Nullable String macAddress;
  private @Nullable LinkLocal linkLocal;
  private @Nullable Boolean acceptRa;

  private boolean matched;
  private @Nullable String matchName;
  private @Nullable String matchMac;
  private List<String> matchDrivers = List.of();
  private @Nullable String setName;
  private @Nullable Cursor setNameAt;
  private boolean wakeOnLan;

  private boolean judged;
  // of addresses, routes and ports in their lists
  private final Map<List<Object>, Integer> positions = new HashMap<>();
  private final List<String> uses = new ArrayList<>();
  private BondParameters parameters = BondParameters.of(BondMode.BALANCE_RR);

  /**
   * @param first where the interface is named first
   */
  InterfaceDraft(String type, String id, Cursor first) {
    this.type = type;
    this.id = id;
    this.first = first;
  }

  String type() {
    return type;
  }

  String id() {
    return id;
  }

  Cursor first() {
    return first;
  }

  boolean isEthernet() {
    return type.equals("ethernets");
  }

  boolean isBond() {
    return type.equals("bonds");
  }

  void read(Cursor cursor) {
    switch (cursor.name()) {
      case "dhcp4" -> cursor.take(Cursor::flag, value -> dhcp4 = value);
      case "dhcp6" -> cursor.take(Cursor::flag, value -> dhcp6 = value);
      case "dhcp-identifier" ->
          cursor.take(
              text -> new Dhcp(false, false, text, null, null).identifier(),
              value -> dhcpIdentifier = value);
      case "dhcp4-overrides" -> overrides(cursor, metric -> dhcp4Metric = metric);
      case "dhcp6-overrides" -> overrides(cursor, metric -> dhcp6Metric = metric);
      case "addresses" -> {
        cursor.note();
        cursor.items().forEach(this::address);
      }
      case "gateway4" -> {
        refuseSecond(cursor, gateway4);
        cursor.take(
            text -> InterfaceSettings.EMPTY.withGateway4(new IpAddress(text)).gateway4(),
            value -> gateway4 = value);
      }
      case "gateway6" -> {
        refuseSecond(cursor, gateway6);
        cursor.take(
            text -> InterfaceSettings.EMPTY.withGateway6(new IpAddress(text)).gateway6(),
            value -> gateway6 = value);
      }
      case "routes" -> {
        cursor.note();
        cursor.items().forEach(this::route);
      }
      case "nameservers" -> {
        cursor.note();
        cursor.entries().forEach(this::nameServers);
      }
      case "mtu" ->
          cursor.take(
              text ->
                  InterfaceSettings.EMPTY
                      .withMtu((int) Math.min(Cursor.number(text), Integer.MAX_VALUE))
                      .mtu(),
              value -> mtu = value);
      case "optional" -> cursor.take(Cursor::flag, value -> optional = value);
      case "macaddress" ->
          cursor.take(
              text -> InterfaceSettings.EMPTY.withMacAddress(text).macAddress(),
              value -> macAddress = value);
      case "link-local" -> linkLocal(cursor);
      case "accept-ra" -> cursor.take(Cursor::flag, value -> acceptRa = value);
      default -> special(cursor);
    }
  }

  private void special(Cursor cursor) {
    String key = cursor.name();
    if (key.equals("match")) {
      cursor.note();
      matched = true;
      cursor.entries().forEach(this::match);
    } else if (key.equals("set-name")) {
      setNameAt = cursor;
      cursor.take(InterfaceName::require, value -> setName = value);
    } else if (key.equals("wakeonlan") && isEthernet()) {
      cursor.take(Cursor::flag, value -> wakeOnLan = value);
    } else if (key.equals("interfaces") && !isEthernet()) {
      cursor.note();
      cursor.items().forEach(this::use);
    } else if (key.equals("link") && !isEthernet() && !isBond()) {
      cursor.take(InterfaceDraft::label, uses::add);
    } else if (key.equals("parameters") && isBond()) {
      cursor.note();
      cursor.entries().forEach(this::parameter);
    } else if (key.equals("renderer")) {
      renderer(cursor);
      cursor.keep();
    } else {
      cursor.keep();
    }
  }

  /** Warns of the one that this product does not drive. */
  static void renderer(Cursor cursor) {
    String text = cursor.text().orElse("networkd");
    if (text.equals("NetworkManager")) {
      cursor.warning(
          "other-renderer",
          "NetworkManager, not networkd, is to set this up",
          "use renderer networkd, so that the effect of a change can be foreseen");
    } else if (!text.equals("networkd") && !text.equals("sriov")) {
      cursor.error(
          "invalid-value",
          NetplanException.quoted(text) + " is no renderer that netplan knows",
          "write networkd");
    }
  }

  private void overrides(Cursor cursor, Consumer<@Nullable Long> metric) {
    cursor.note();
    for (Cursor entry : cursor.entries()) {
      if (entry.name().equals("route-metric")) {
        entry.take(Cursor::number, value -> metric.accept(entry.metric(value)));
      } else {
        entry.keep();
      }
    }
  }

  /** netplan up to 0.106 aborts on a second gateway in the old spelling. */
  private static void refuseSecond(Cursor cursor, @Nullable IpAddress present) {
    String text = cursor.text().orElse("");
    if (present != null && !(IpAddress.isValid(text) && new IpAddress(text).equals(present))) {
      cursor.error(
          "second-gateway",
          cursor.name() + " is " + present + " already; netplan fails on a second one",
          "keep one of them");
    }
  }

  private void address(Cursor cursor) {
    if (cursor.value() instanceof Mapping) {
      List<Cursor> entries = cursor.entries();
      if (entries.size() != 1) {
        cursor.error(
            "invalid-value",
            "an address with properties is one address with keys below it",
            "write each address as a list entry of its own");
        return;
      }
      Cursor entry = entries.get(0);
      String[] properties = new String[2];
      for (Cursor property : entry.entries()) {
        if (property.name().equals("label")) {
          properties[0] = property.text().orElse(null);
        } else if (property.name().equals("lifetime")) {
          properties[1] = property.text().orElse(null);
        }
      }
      cursor
          .attempt(
              () -> new Address(Address.parse(entry.name()).subnet(), properties[0], properties[1]))
          .ifPresent(value -> add("addresses", addresses, value, cursor));
    } else {
      cursor.read(Address::parse).ifPresent(value -> add("addresses", addresses, value, cursor));
    }
  }

  /** Adds what is not there yet, as netplan does; the place counts either way. */
  private <T> String add(String key, List<T> values, T value, Cursor cursor) {
    Integer index = positions.putIfAbsent(List.of(key, value), values.size());
    if (index == null) {
      index = values.size();
      values.add(value);
    }
    String path = first.path() + "." + key + "[" + index + "]";
    cursor.note(path);
    return path;
  }

  private <T> void append(Cursor list, List<T> values, Cursor cursor, T value) {
    cursor.note(list.path() + "[" + values.size() + "]");
    values.add(value);
  }

  private void nameServers(Cursor cursor) {
    switch (cursor.name()) {
      case "addresses" -> {
        cursor.note();
        for (Cursor item : cursor.items()) {
          item.read(IpAddress::new).ifPresent(value -> append(cursor, nameServers, item, value));
        }
      }
      case "search" -> {
        cursor.note();
        for (Cursor item : cursor.items()) {
          item.read(text -> new NameServers(List.of(), List.of(text)).search().get(0))
              .ifPresent(value -> append(cursor, search, item, value));
        }
      }
      default -> cursor.keep();
    }
  }

  private void linkLocal(Cursor cursor) {
    boolean v4 = false;
    boolean v6 = false;
    for (Cursor item : cursor.items()) {
      switch (item.text().orElse("")) {
        case "ipv4" -> v4 = true;
        case "ipv6" -> v6 = true;
        default -> item.error("invalid-value", "link-local takes ipv4 and ipv6", "correct it");
      }
    }
    // a later list replaces this one, unlike others
    linkLocal = LinkLocal.of(v4, v6);
    cursor.note();
  }

  private void match(Cursor cursor) {
    switch (cursor.name()) {
      case "name" ->
          cursor.take(text -> new Match(text, null, List.of()).name(), value -> matchName = value);
      case "macaddress" ->
          cursor.take(
              text -> new Match(null, text, List.of()).macAddress(), value -> matchMac = value);
      case "driver" -> {
        // a list since 0.104
        List<String> drivers = new ArrayList<>();
        List<Cursor> items = cursor.value() instanceof Sequence ? cursor.items() : List.of(cursor);
        items.forEach(
            item ->
                item.read(text -> new Match(null, null, List.of(text)).drivers().get(0))
                    .ifPresent(drivers::add));
        matchDrivers = drivers;
        cursor.note();
      }
      default -> cursor.keep();
    }
  }

  private void use(Cursor cursor) {
    cursor
        .read(isBond() ? InterfaceName::require : InterfaceDraft::label)
        .ifPresent(value -> add(cursor.name(), uses, value, cursor));
  }

  private static String label(String text) {
    if (!LABEL.matcher(text).matches()) {
      throw NetplanException.invalid(
          "name", NetplanException.quoted(text) + " is no name of an interface");
    }
    return text;
  }

  private void parameter(Cursor cursor) {
    String key = cursor.name();
    if (key.equals("mode")) {
      cursor.take(
          BondMode::of, mode -> parameters = new BondParameters(mode, parameters.options()));
      return;
    }
    // spellings of 0.106, and one of the oldest versions
    String known =
        switch (key) {
          case "all-members-active" -> "all-slaves-active";
          case "packets-per-member" -> "packets-per-slave";
          case "gratuitious-arp" -> "gratuitous-arp";
          default -> key;
        };
    Optional<BondOption> option = BondOption.of(known);
    if (option.isEmpty()) {
      cursor.keep();
      return;
    }
    optionText(cursor, option.get())
        .flatMap(text -> cursor.attempt(() -> parameters.with(option.get(), text)))
        .ifPresent(
            value -> {
              parameters = value;
              cursor.note(first.path() + ".parameters." + known);
            });
  }

  private Optional<String> optionText(Cursor cursor, BondOption option) {
    if (option.form() instanceof BondOption.Addresses) {
      List<String> all = new ArrayList<>();
      // netplan joins them to those of earlier files
      parameters.option(option).ifPresent(all::add);
      cursor.items().forEach(item -> item.text().ifPresent(all::add));
      return all.isEmpty() ? Optional.empty() : Optional.of(String.join(",", all));
    }
    if (option.form() instanceof BondOption.Flag) {
      return cursor.read(text -> Boolean.toString(Cursor.flag(text)));
    }
    return cursor.text().map(text -> inUnits(option, text));
  }

  /** Without the unit that an interval may have. */
  private static String inUnits(BondOption option, String text) {
    Matcher duration = DURATION.matcher(text);
    if (!(option.form() instanceof BondOption.Range) || !duration.matches()) {
      return text;
    }
    long number = Long.parseLong(duration.group(1));
    String unit = duration.group(2);
    boolean inMillis =
        switch (option) {
          case MII_MONITOR_INTERVAL, ARP_INTERVAL, UP_DELAY, DOWN_DELAY -> true;
          default -> false;
        };
    if (unit == null) {
      return Long.toString(number);
    }
    if (inMillis) {
      return Long.toString(unit.equals("s") ? 1000 * number : number);
    }
    return option == BondOption.LEARN_PACKET_INTERVAL && unit.equals("s")
        ? Long.toString(number)
        : text;
  }

  private void route(Cursor cursor) {
    RouteDraft draft = new RouteDraft(cursor);
    if (draft.isWrong()) {
      return;
    }
    if (draft.isOfLaterType()) {
      cursor.warning(
          "kept-route", "a route of a type that netplan 0.99 does not know stays as it is", "");
      cursor.keep();
      return;
    }
    cursor
        .attempt(draft::route)
        .ifPresent(value -> draft.note(add("routes", routes, value, cursor)));
  }

  InterfaceSettings settings() {
    return new InterfaceSettings(
        new Dhcp(dhcp4, dhcp6, dhcpIdentifier, dhcp4Metric, dhcp6Metric),
        addresses,
        gateway4,
        gateway6,
        routes,
        new NameServers(nameServers, search),
        mtu,
        optional,
        macAddress,
        linkLocal,
        acceptRa);
  }

  /** A port; empty when its name is only a label that no port could have. */
  Optional<Ethernet> ethernet() {
    if (!hasUsableName()) {
      return Optional.empty();
    }
    if (setName != null && !matched && setNameAt != null) {
      setNameAt.error(
          "set-name-without-match", "set-name renames a port that match finds", "add match");
      setName = null;
    }
    Match match = matched ? new Match(matchName, matchMac, matchDrivers) : null;
    return Optional.of(new Ethernet(id, settings(), match, setName, wakeOnLan));
  }

  Optional<Bond> bond() {
    return hasUsableName()
        ? Optional.of(new Bond(id, settings(), uses, parameters))
        : Optional.empty();
  }

  /** Empty when its name is such that no file must be made of it. */
  Optional<OtherInterface> other() {
    boolean usable = hasUsableName();
    return usable || LABEL.matcher(id).matches()
        ? Optional.of(new OtherInterface(type, id, uses, addresses, dhcp4 || dhcp6))
        : Optional.empty();
  }

  private boolean hasUsableName() {
    if (InterfaceName.isValid(id)) {
      return true;
    }
    // with match, the id is a label for people
    if (!judged && (!matched || !LABEL.matcher(id).matches())) {
      first.error(
          "bad-interface-name",
          NetplanException.quoted(id) + " is no interface name",
          "use a letter and up to 14 letters, digits, '.', '_' or '-'");
    }
    judged = true;
    return false;
  }
}
