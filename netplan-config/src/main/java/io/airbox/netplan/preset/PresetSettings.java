package io.airbox.netplan.preset;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.BondMode;
import io.airbox.netplan.settings.BondOption;
import io.airbox.netplan.settings.BondParameters;
import io.airbox.netplan.settings.Dhcp;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.LinkLocal;
import io.airbox.netplan.settings.NameServers;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One preset with its fields filled in. */
final class PresetSettings {
  private static final String FIRST = "eth0";
  private static final String SECOND = "eth1";
  private static final String MAINTENANCE = "192.168.150.1/24";
  // above 100, netplan's own: of two ports with a default route the first is used
  private static final long SECOND_METRIC = 200;

  private final Preset preset;
  private final Map<String, String> fields;

  PresetSettings(Preset preset, Map<String, String> given) {
    this.preset = preset;
    List<String> known = preset.fields().stream().map(PresetField::name).toList();
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw NetplanException.invalid(
            name,
            preset.id()
                + " has no field "
                + NetplanException.quoted(name)
                + (known.isEmpty() ? "; it has none" : "; it has " + String.join(", ", known)));
      }
    }
    Map<String, String> all = new LinkedHashMap<>();
    for (PresetField field : preset.fields()) {
      String text = given.getOrDefault(field.name(), "").strip();
      if (text.isEmpty() && field.required()) {
        throw NetplanException.invalid(
            field.name(),
            preset.id() + " needs the field " + field.name() + ": " + field.description());
      }
      all.put(field.name(), text.isEmpty() ? field.preset() : text);
    }
    this.fields = all;
  }

  NetworkSettings applyTo(NetworkSettings current) {
    return switch (preset) {
      case FACTORY_DEFAULT -> {
        NetworkSettings free = released(released(current, FIRST), SECOND);
        yield put(
            put(free, FIRST, plain(free, FIRST).withDhcp(Dhcp.V4_BY_MAC)),
            SECOND,
            plain(free, SECOND).withAddresses(List.of(Address.parse(MAINTENANCE))));
      }
      case BOTH_DHCP -> {
        NetworkSettings free = released(released(current, FIRST), SECOND);
        yield put(
            put(free, FIRST, plain(free, FIRST).withDhcp(Dhcp.V4_BY_MAC)),
            SECOND,
            plain(free, SECOND).withDhcp(new Dhcp(true, false, "mac", SECOND_METRIC, null)));
      }
      case BOND_802_3AD ->
          bonded(
              current,
              BondParameters.of(BondMode.IEEE_802_3AD)
                  .with(BondOption.LACP_RATE, "fast")
                  .with(BondOption.TRANSMIT_HASH_POLICY, "layer3+4"));
      case BOND_ACTIVE_BACKUP ->
          bonded(
              current, BondParameters.of(BondMode.ACTIVE_BACKUP).with(BondOption.PRIMARY, FIRST));
      case BOND_BALANCE_ALB -> bonded(current, BondParameters.of(BondMode.BALANCE_ALB));
      case STATIC -> {
        String port = text("port");
        NetworkSettings free = released(current, port);
        yield put(free, port, addressed(plain(free, port)));
      }
      case DIRECT_CABLE -> {
        String port = text("port");
        NetworkSettings free = released(current, port);
        yield put(free, port, plain(free, port).withLinkLocal(LinkLocal.BOTH));
      }
    };
  }

  private NetworkSettings bonded(NetworkSettings current, BondParameters parameters) {
    Optional<Bond> present = current.bondOf(FIRST).or(() -> current.bondOf(SECOND));
    String id = present.map(Bond::id).orElseGet(() -> freeName(current));
    NetworkSettings free = released(released(current, FIRST), SECOND);
    InterfaceSettings settings = bare(present.map(Bond::settings).orElse(InterfaceSettings.EMPTY));
    if (!text("address").isEmpty()) {
      settings = addressed(settings);
    } else if (text("gateway").isEmpty()) {
      settings = settings.withDhcp(Dhcp.V4_BY_MAC).withNameServers(nameServers());
    } else {
      throw NetplanException.invalid("gateway", "gateway: a router needs a fixed address too");
    }
    for (String port : List.of(FIRST, SECOND)) {
      free =
          put(
              free,
              port,
              free.interfaceSettings(port)
                  .orElse(InterfaceSettings.EMPTY)
                  .asMember()
                  .withOptional(true));
    }
    return free.with(
        new Bond(
            id,
            settings,
            List.of(FIRST, SECOND),
            parameters.with(BondOption.MII_MONITOR_INTERVAL, "100")));
  }

  private static String freeName(NetworkSettings current) {
    for (int i = 0; ; i++) {
      String id = "bond" + i;
      if (current.interfaceSettings(id).isEmpty()
          && current.others().stream().noneMatch(other -> other.id().equals(id))) {
        return id;
      }
    }
  }

  /** Without the bond that has the port. */
  private static NetworkSettings released(NetworkSettings current, String port) {
    return current.bondOf(port).map(bond -> current.withoutBond(bond.id())).orElse(current);
  }

  /** The port without addressing of any kind; MTU, MAC address and the like stay. */
  private static InterfaceSettings plain(NetworkSettings current, String port) {
    return bare(current.interfaceSettings(port).orElse(InterfaceSettings.EMPTY));
  }

  private static InterfaceSettings bare(InterfaceSettings settings) {
    return settings.asMember().withDhcp(Dhcp.OFF).withLinkLocal(null).withOptional(true);
  }

  private InterfaceSettings addressed(InterfaceSettings settings) {
    String address = text("address");
    String gateway = text("gateway");
    return settings
        .withAddresses(List.of(parsed("address", () -> Address.parse(address))))
        .withRoutes(
            gateway.isEmpty()
                ? List.of()
                : List.of(Route.defaultVia(parsed("gateway", () -> new IpAddress(gateway)))))
        .withNameServers(nameServers());
  }

  private NameServers nameServers() {
    List<IpAddress> addresses =
        parsed("nameservers", () -> words("nameservers").stream().map(IpAddress::new).toList());
    return parsed("search", () -> new NameServers(addresses, words("search")));
  }

  private List<String> words(String field) {
    List<String> words = new ArrayList<>(Arrays.asList(text(field).split("[,\\s]+")));
    words.removeIf(String::isEmpty);
    return words;
  }

  private String text(String field) {
    return fields.getOrDefault(field, "");
  }

  private static NetworkSettings put(
      NetworkSettings current, String port, InterfaceSettings settings) {
    Bond bond = current.bonds().get(port);
    if (bond != null) {
      return current.with(bond.with(settings));
    }
    Ethernet present = current.ethernets().get(port);
    return parsed(
        "port",
        () -> current.with(present == null ? Ethernet.of(port, settings) : present.with(settings)));
  }

  private interface Source<T> {
    T get();
  }

  /** Names the field of the request in what its value complains about. */
  private static <T> T parsed(String field, Source<T> source) {
    try {
      return source.get();
    } catch (NetplanException e) {
      throw new NetplanException(
          NetplanException.Reason.INVALID_VALUE, field, field + ": " + e.getMessage(), e);
    }
  }
}
