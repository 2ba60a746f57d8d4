package io.airbox.netplan.edit;

import io.airbox.netplan.edit.YamlValue.Flag;
import io.airbox.netplan.edit.YamlValue.Items;
import io.airbox.netplan.edit.YamlValue.Keys;
import io.airbox.netplan.edit.YamlValue.Text;
import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.BondOption;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.LinkLocal;
import io.airbox.netplan.settings.Match;
import io.airbox.netplan.settings.Route;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings as netplan's keys and values, by path below the interface, in the order in which people
 * write them. What has netplan's default has no entry.
 */
final class SettingsValues {
  private final Map<List<String>, YamlValue> values = new LinkedHashMap<>();

  private SettingsValues() {}

  static Map<List<String>, YamlValue> of(Ethernet port) {
    SettingsValues all = new SettingsValues();
    Match match = port.match();
    if (match != null) {
      all.text(match.name(), "match", "name");
      all.text(match.macAddress(), "match", "macaddress");
      if (match.drivers().size() == 1) {
        // a list needs netplan 0.104
        all.text(match.drivers().get(0), "match", "driver");
      } else {
        all.items(texts(match.drivers()), "match", "driver");
      }
    }
    all.text(port.setName(), "set-name");
    all.add(port.settings());
    all.flag(port.wakeOnLan(), "wakeonlan");
    return all.values;
  }

  static Map<List<String>, YamlValue> of(Bond bond) {
    SettingsValues all = new SettingsValues();
    all.items(texts(bond.members()), "interfaces");
    all.text(bond.parameters().mode().word(), "parameters", "mode");
    bond.parameters()
        .options()
        .forEach(
            (option, text) -> {
              List<String> path = List.of("parameters", option.key());
              if (option.form() instanceof BondOption.Addresses) {
                all.values.put(path, new Items(texts(List.of(text.split(",")))));
              } else if (option.form() instanceof BondOption.Flag) {
                all.values.put(path, new Flag(Boolean.parseBoolean(text)));
              } else {
                all.values.put(path, new Text(text));
              }
            });
    all.add(bond.settings());
    return all.values;
  }

  private void add(InterfaceSettings settings) {
    flag(settings.dhcp().v4(), "dhcp4");
    flag(settings.dhcp().v6(), "dhcp6");
    text(settings.dhcp().identifier(), "dhcp-identifier");
    text(settings.dhcp().v4Metric(), "dhcp4-overrides", "route-metric");
    text(settings.dhcp().v6Metric(), "dhcp6-overrides", "route-metric");
    items(settings.addresses().stream().map(SettingsValues::value).toList(), "addresses");
    text(settings.gateway4(), "gateway4");
    text(settings.gateway6(), "gateway6");
    items(settings.routes().stream().map(SettingsValues::value).toList(), "routes");
    items(texts(settings.nameServers().addresses()), "nameservers", "addresses");
    items(texts(settings.nameServers().search()), "nameservers", "search");
    text(settings.mtu(), "mtu");
    text(settings.macAddress(), "macaddress");
    LinkLocal linkLocal = settings.linkLocal();
    if (linkLocal != null) {
      List<YamlValue> families = new ArrayList<>();
      if (linkLocal.v4()) {
        families.add(new Text("ipv4"));
      }
      if (linkLocal.v6()) {
        families.add(new Text("ipv6"));
      }
      values.put(List.of("link-local"), new Items(families));
    }
    Boolean acceptRa = settings.acceptRa();
    if (acceptRa != null) {
      values.put(List.of("accept-ra"), new Flag(acceptRa));
    }
    flag(settings.optional(), "optional");
  }

  private static YamlValue value(Address address) {
    Text text = new Text(address.subnet().toString());
    if (address.label() == null && address.lifetime() == null) {
      return text;
    }
    Map<String, YamlValue> options = new LinkedHashMap<>();
    put(options, "label", address.label());
    put(options, "lifetime", address.lifetime());
    return new Keys(Map.of(text.text(), new Keys(options)));
  }

  private static YamlValue value(Route route) {
    Map<String, YamlValue> keys = new LinkedHashMap<>();
    put(keys, "to", route.to());
    put(keys, "via", route.via());
    put(keys, "from", route.from());
    put(keys, "metric", route.metric());
    put(keys, "table", route.table());
    if (route.onLink()) {
      keys.put("on-link", new Flag(true));
    }
    put(keys, "type", route.type());
    put(keys, "scope", route.scope());
    put(keys, "mtu", route.mtu());
    return new Keys(keys);
  }

  private static void put(Map<String, YamlValue> keys, String key, @Nullable Object value) {
    if (value != null) {
      keys.put(key, new Text(value.toString()));
    }
  }

  private static List<YamlValue> texts(Collection<?> values) {
    return values.stream().<YamlValue>map(value -> new Text(value.toString())).toList();
  }

  private void text(@Nullable Object value, String... path) {
    if (value != null) {
      values.put(List.of(path), new Text(value.toString()));
    }
  }

  private void flag(boolean value, String... path) {
    if (value) {
      values.put(List.of(path), new Flag(true));
    }
  }

  private void items(List<YamlValue> items, String... path) {
    if (!items.isEmpty()) {
      values.put(List.of(path), new Items(items));
    }
  }
}
