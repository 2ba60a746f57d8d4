package io.airbox.daemon.network;

import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.Dhcp;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.LinkLocal;
import io.airbox.netplan.settings.Match;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.OtherInterface;
import io.airbox.netplan.settings.Route;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings as JSON, by the names that netplan gives them: what stands under {@code network:} in a
 * file could be pasted. What has its default is left out, but for lists and what the page shows for
 * every port.
 */
final class SettingsJson {
  static final String ADDRESSES = "addresses";

  private SettingsJson() {}

  static JsonObject write(NetworkSettings settings) {
    JsonObject ethernets = new JsonObject();
    settings.ethernets().forEach((id, port) -> ethernets.put(id, write(port)));
    JsonObject bonds = new JsonObject();
    settings.bonds().forEach((id, bond) -> bonds.put(id, write(bond)));
    return new JsonObject().put("ethernets", ethernets).put("bonds", bonds);
  }

  /** What is kept and shown, and never edited. */
  static JsonArray others(NetworkSettings settings) {
    JsonArray others = new JsonArray();
    for (OtherInterface other : settings.others()) {
      others.add(
          new JsonObject()
              .put("type", other.type())
              .put("id", other.id())
              .put("uses", new JsonArray(other.uses()))
              .put(ADDRESSES, texts(other.addresses()))
              .put("dhcp", other.dhcp()));
    }
    return others;
  }

  private static JsonObject write(Ethernet port) {
    JsonObject json = write(port.settings());
    Match match = port.match();
    if (match != null) {
      JsonObject matching = new JsonObject();
      put(matching, "name", match.name());
      put(matching, "macaddress", match.macAddress());
      if (!match.drivers().isEmpty()) {
        matching.put("driver", new JsonArray(match.drivers()));
      }
      json.put("match", matching);
    }
    put(json, "set-name", port.setName());
    if (port.wakeOnLan()) {
      json.put("wakeonlan", true);
    }
    return json;
  }

  private static JsonObject write(Bond bond) {
    JsonObject parameters = new JsonObject().put("mode", bond.parameters().mode().word());
    bond.parameters().options().forEach((option, text) -> parameters.put(option.key(), text));
    return write(bond.settings())
        .put("interfaces", new JsonArray(bond.members()))
        .put("parameters", parameters);
  }

  private static JsonObject write(InterfaceSettings settings) {
    Dhcp dhcp = settings.dhcp();
    JsonObject json = new JsonObject().put("dhcp4", dhcp.v4()).put("dhcp6", dhcp.v6());
    put(json, "dhcp-identifier", dhcp.identifier());
    metric(json, "dhcp4-overrides", dhcp.v4Metric());
    metric(json, "dhcp6-overrides", dhcp.v6Metric());
    JsonArray addresses = new JsonArray();
    settings.addresses().forEach(address -> addresses.add(write(address)));
    json.put(ADDRESSES, addresses);
    put(json, "gateway4", text(settings.gateway4()));
    put(json, "gateway6", text(settings.gateway6()));
    JsonArray routes = new JsonArray();
    settings.routes().forEach(route -> routes.add(write(route)));
    json.put("routes", routes)
        .put(
            "nameservers",
            new JsonObject()
                .put(ADDRESSES, texts(settings.nameServers().addresses()))
                .put("search", new JsonArray(settings.nameServers().search())));
    put(json, "mtu", settings.mtu());
    json.put("optional", settings.optional());
    put(json, "macaddress", settings.macAddress());
    LinkLocal linkLocal = settings.linkLocal();
    if (linkLocal != null) {
      JsonArray families = new JsonArray();
      if (linkLocal.v4()) {
        families.add("ipv4");
      }
      if (linkLocal.v6()) {
        families.add("ipv6");
      }
      json.put("link-local", families);
    }
    put(json, "accept-ra", settings.acceptRa());
    return json;
  }

  private static void metric(JsonObject json, String name, @Nullable Long metric) {
    if (metric != null) {
      json.put(name, new JsonObject().put("route-metric", metric));
    }
  }

  private static Object write(Address address) {
    if (address.label() == null && address.lifetime() == null) {
      return address.toString();
    }
    JsonObject more = new JsonObject();
    put(more, "label", address.label());
    put(more, "lifetime", address.lifetime());
    return new JsonObject(Map.of(address.toString(), more));
  }

  private static JsonObject write(Route route) {
    JsonObject json = new JsonObject().put("to", route.to().toString());
    put(json, "via", text(route.via()));
    put(json, "from", text(route.from()));
    put(json, "metric", route.metric());
    put(json, "table", route.table());
    if (route.onLink()) {
      json.put("on-link", true);
    }
    put(json, "type", route.type());
    put(json, "scope", route.scope());
    put(json, "mtu", route.mtu());
    return json;
  }

  private static JsonArray texts(List<?> values) {
    return new JsonArray(values.stream().map(String::valueOf).toList());
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static void put(JsonObject json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}
