package io.airbox.daemon.network;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.check.Finding;
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
import io.airbox.netplan.settings.Match;
import io.airbox.netplan.settings.NameServers;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.OtherInterface;
import io.airbox.netplan.settings.Route;
import io.airbox.netplan.settings.Subnet;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link SettingsJson} writes. Every flaw becomes a finding at its path, and reading
 * goes on, so that a form shows all of them at once. Used once, by one thread.
 */
final class SettingsReading {
  private static final int MOST = 64;

  private static final Set<String> COMMON =
      Set.of(
          "dhcp4",
          "dhcp6",
          "dhcp-identifier",
          "dhcp4-overrides",
          "dhcp6-overrides",
          "addresses",
          "gateway4",
          "gateway6",
          "routes",
          "nameservers",
          "mtu",
          "optional",
          "macaddress",
          "link-local",
          "accept-ra");

  private final List<Finding> findings = new ArrayList<>();

  /** What was wrong; empty when the settings can be used. */
  List<Finding> findings() {
    return List.copyOf(findings);
  }

  /**
   * Reads settings.
   *
   * @param others kinds that no edit changes
   * @return null when something is wrong, see {@link #findings}
   */
  @Nullable NetworkSettings read(JsonObject json, List<OtherInterface> others) {
    Node root = new Node("", json, this);
    root.only(Set.of("ethernets", "bonds"));
    Map<String, Ethernet> ethernets = new LinkedHashMap<>();
    root.objects("ethernets").forEach((id, node) -> put(ethernets, id, ethernet(id, node)));
    Map<String, Bond> bonds = new LinkedHashMap<>();
    root.objects("bonds").forEach((id, node) -> put(bonds, id, bond(id, node)));
    NetworkSettings settings = made("", () -> new NetworkSettings(ethernets, bonds, others));
    return findings.isEmpty() ? settings : null;
  }

  private static <T> void put(Map<String, T> map, String id, @Nullable T value) {
    if (value != null) {
      map.put(id, value);
    }
  }

  private @Nullable Ethernet ethernet(String id, Node node) {
    node.only(COMMON, Set.of("match", "set-name", "wakeonlan"));
    InterfaceSettings settings = common(node);
    Node match = node.object("match");
    String setName = node.text("set-name");
    boolean wake = node.flag("wakeonlan", false);
    Match matching = match == null ? null : match(match);
    return settings == null || (match != null && matching == null)
        ? null
        : made(node.path, () -> new Ethernet(id, settings, matching, setName, wake));
  }

  private @Nullable Match match(Node node) {
    node.only(Set.of("name", "macaddress", "driver"));
    String name = node.text("name");
    String mac = node.text("macaddress");
    List<String> drivers = node.texts("driver");
    return made(node.path, () -> new Match(name, mac, drivers));
  }

  private @Nullable Bond bond(String id, Node node) {
    node.only(COMMON, Set.of("interfaces", "parameters"));
    InterfaceSettings settings = common(node);
    List<String> members = node.texts("interfaces");
    Node given = node.object("parameters");
    BondParameters parameters = given == null ? null : parameters(given);
    if (given == null) {
      wrong(node.path("parameters"), "is missing: a bond needs a mode", "");
    }
    return settings == null || parameters == null
        ? null
        : made(node.path, () -> new Bond(id, settings, members, parameters));
  }

  private @Nullable BondParameters parameters(Node node) {
    String word = node.text("mode");
    BondMode mode = null;
    if (word == null) {
      wrong(node.path("mode"), "is missing", "");
    } else {
      mode = made(node.path("mode"), () -> BondMode.of(word));
    }
    Map<BondOption, String> options = new EnumMap<>(BondOption.class);
    boolean fine = mode != null;
    for (String name : node.json.fieldNames()) {
      BondOption option = BondOption.of(name).orElse(null);
      if (name.equals("mode")) {
        continue;
      }
      Object value = node.json.getValue(name);
      if (option == null) {
        wrong(node.path(name), "is no parameter of a bond", "");
        fine = false;
      } else if (value != null) {
        String text = String.valueOf(value);
        // each by itself, so that the finding tells which
        fine &=
            made(
                    node.path(name),
                    () -> new BondParameters(BondMode.BALANCE_RR, Map.of(option, text)))
                != null;
        options.put(option, text);
      }
    }
    return fine && mode != null ? new BondParameters(mode, options) : null;
  }

  private @Nullable InterfaceSettings common(Node node) {
    int before = findings.size();
    boolean v4 = node.flag("dhcp4", false);
    boolean v6 = node.flag("dhcp6", false);
    String identifier = node.text("dhcp-identifier");
    Long v4Metric = metric(node.object("dhcp4-overrides"));
    Long v6Metric = metric(node.object("dhcp6-overrides"));
    Dhcp dhcp =
        made(node.path("dhcp-identifier"), () -> new Dhcp(v4, v6, identifier, v4Metric, v6Metric));
    List<Address> addresses = addresses(node);
    IpAddress gateway4 = ip(node.path("gateway4"), node.text("gateway4"));
    IpAddress gateway6 = ip(node.path("gateway6"), node.text("gateway6"));
    List<Route> routes = new ArrayList<>();
    for (Node each : node.list("routes")) {
      Route route = route(each);
      if (route != null) {
        routes.add(route);
      }
    }
    NameServers servers = nameServers(node.object("nameservers"));
    Long mtu = node.whole("mtu");
    boolean optional = node.flag("optional", false);
    String mac = node.text("macaddress");
    LinkLocal linkLocal = linkLocal(node);
    Boolean acceptRa = node.maybe("accept-ra");
    if (findings.size() > before || dhcp == null || servers == null) {
      return null;
    }
    return made(
        node.path,
        () ->
            new InterfaceSettings(
                dhcp,
                addresses,
                gateway4,
                gateway6,
                routes,
                servers,
                mtu == null ? null : Math.toIntExact(mtu),
                optional,
                mac,
                linkLocal,
                acceptRa));
  }

  private @Nullable Long metric(@Nullable Node overrides) {
    if (overrides == null) {
      return null;
    }
    overrides.only(Set.of("route-metric"));
    Long metric = overrides.whole("route-metric");
    boolean fine =
        made(overrides.path("route-metric"), () -> new Dhcp(true, true, null, metric, null))
            != null;
    return fine ? metric : null;
  }

  private List<Address> addresses(Node node) {
    List<Address> addresses = new ArrayList<>();
    JsonArray given = node.array("addresses");
    for (int i = 0; i < given.size(); i++) {
      String path = node.path("addresses") + "[" + i + "]";
      Object value = given.getValue(i);
      Address address = null;
      if (value instanceof String text) {
        address = made(path, () -> Address.parse(text));
      } else if (value instanceof JsonObject object && object.size() == 1) {
        String text = object.fieldNames().iterator().next();
        Node more = new Node(path, object, this).object(text);
        if (more != null) {
          more.only(Set.of("label", "lifetime"));
          String label = more.text("label");
          String lifetime = more.text("lifetime");
          address = made(path, () -> new Address(Address.parse(text).subnet(), label, lifetime));
        }
      } else {
        wrong(path, "has to be an address, such as 192.168.1.10/24", "");
      }
      if (address != null) {
        addresses.add(address);
      }
    }
    return addresses;
  }

  private @Nullable Route route(Node node) {
    node.only(Set.of("to", "via", "from", "metric", "table", "on-link", "type", "scope", "mtu"));
    String given = node.text("to");
    Subnet to = null;
    if (given == null) {
      wrong(node.path("to"), "is missing", "0.0.0.0/0 is the default route");
    } else {
      to = made(node.path("to"), () -> destination(given, node.text("via")));
    }
    int before = findings.size();
    IpAddress via = ip(node.path("via"), node.text("via"));
    IpAddress from = ip(node.path("from"), node.text("from"));
    Long metric = node.whole("metric");
    Long table = node.whole("table");
    boolean onLink = node.flag("on-link", false);
    String type = node.text("type");
    String scope = node.text("scope");
    Long mtu = node.whole("mtu");
    if (to == null || findings.size() > before) {
      return null;
    }
    Subnet destination = to;
    return made(
        node.path,
        () ->
            new Route(
                destination,
                via,
                from,
                metric,
                table,
                onLink,
                type,
                scope,
                mtu == null ? null : Math.toIntExact(mtu)));
  }

  /** netplan 0.103's word for both families; older ones want the network in digits. */
  private static Subnet destination(String text, @Nullable String via) {
    if (text.equals("default")) {
      return via != null && via.indexOf(':') >= 0 ? Subnet.ALL_V6 : Subnet.ALL_V4;
    }
    return Subnet.parse(text);
  }

  private @Nullable NameServers nameServers(@Nullable Node node) {
    if (node == null) {
      return NameServers.NONE;
    }
    node.only(Set.of("addresses", "search"));
    List<IpAddress> addresses = new ArrayList<>();
    List<String> given = node.texts("addresses");
    for (int i = 0; i < given.size(); i++) {
      IpAddress address = ip(node.path("addresses") + "[" + i + "]", given.get(i));
      if (address != null) {
        addresses.add(address);
      }
    }
    List<String> search = node.texts("search");
    boolean fine = true;
    for (int i = 0; i < search.size(); i++) {
      String domain = search.get(i);
      fine &=
          made(
                  node.path("search") + "[" + i + "]",
                  () -> new NameServers(List.of(), List.of(domain)))
              != null;
    }
    return fine ? new NameServers(addresses, search) : null;
  }

  private @Nullable LinkLocal linkLocal(Node node) {
    if (node.json.getValue("link-local") == null) {
      return null;
    }
    List<String> families = node.texts("link-local");
    if (!Set.of("ipv4", "ipv6").containsAll(families)) {
      wrong(node.path("link-local"), "has to be a list of ipv4 and ipv6", "");
      return null;
    }
    return LinkLocal.of(families.contains("ipv4"), families.contains("ipv6"));
  }

  private @Nullable IpAddress ip(String path, @Nullable String text) {
    return text == null ? null : made(path, () -> new IpAddress(text));
  }

  /** A value, or null and a finding when it is refused. */
  private <T> @Nullable T made(String path, Supplier<T> making) {
    try {
      return making.get();
    } catch (NetplanException e) {
      wrong(path, String.valueOf(e.getMessage()), "");
    } catch (ArithmeticException e) {
      wrong(path, "is out of range", "");
    }
    return null;
  }

  private void wrong(String path, String message, String advice) {
    findings.add(
        Finding.error(
            "invalid-value", path, path.isEmpty() ? message : path + ": " + message, advice));
  }

  /** An object of the request and where it is. */
  private static final class Node {
    private final String path;
    private final JsonObject json;
    private final SettingsReading reading;

    private Node(String path, JsonObject json, SettingsReading reading) {
      this.path = path;
      this.json = json;
      this.reading = reading;
    }

    private String path(String name) {
      return path.isEmpty() ? name : path + "." + name;
    }

    private void only(Set<String> known) {
      only(known, Set.of());
    }

    private void only(Set<String> known, Set<String> more) {
      for (String name : json.fieldNames()) {
        if (!known.contains(name) && !more.contains(name)) {
          reading.wrong(path(name), "is unknown here", "");
        }
      }
    }

    private <T> @Nullable T value(String name, Class<T> type, String wanted) {
      Object value = json.getValue(name);
      if (value == null || type.isInstance(value)) {
        return type.cast(value);
      }
      reading.wrong(path(name), "has to be " + wanted, "");
      return null;
    }

    private @Nullable String text(String name) {
      String text = value(name, String.class, "a text");
      // an emptied field of a form is one that is not set
      return text == null || text.isBlank() ? null : text.strip();
    }

    private boolean flag(String name, boolean absent) {
      Boolean flag = maybe(name);
      return flag == null ? absent : flag;
    }

    private @Nullable Boolean maybe(String name) {
      return value(name, Boolean.class, "true or false");
    }

    private @Nullable Long whole(String name) {
      Number number = value(name, Number.class, "a whole number");
      if (number == null) {
        return null;
      }
      if (number instanceof Integer || number instanceof Long) {
        return number.longValue();
      }
      double real = number.doubleValue();
      if (real == Math.rint(real) && Math.abs(real) < 1L << 53) {
        return (long) real;
      }
      reading.wrong(path(name), "has to be a whole number", "");
      return null;
    }

    private @Nullable Node object(String name) {
      JsonObject object = value(name, JsonObject.class, "an object");
      return object == null ? null : new Node(path(name), object, reading);
    }

    private JsonArray array(String name) {
      JsonArray array = value(name, JsonArray.class, "a list");
      if (array == null) {
        return new JsonArray();
      }
      if (array.size() > MOST) {
        reading.wrong(path(name), "has more than " + MOST + " entries", "");
        return new JsonArray();
      }
      return array;
    }

    private List<String> texts(String name) {
      return entries(
          name, each -> each instanceof String text ? text.strip() : null, "has to be a text");
    }

    private List<Node> list(String name) {
      JsonArray array = array(name);
      List<Node> nodes = new ArrayList<>();
      for (int i = 0; i < array.size(); i++) {
        String at = path(name) + "[" + i + "]";
        if (array.getValue(i) instanceof JsonObject object) {
          nodes.add(new Node(at, object, reading));
        } else {
          reading.wrong(at, "has to be an object", "");
        }
      }
      return nodes;
    }

    private <T> List<T> entries(
        String name, Function<Object, @Nullable T> reader, String complaint) {
      JsonArray array = array(name);
      List<T> values = new ArrayList<>();
      for (int i = 0; i < array.size(); i++) {
        T value = reader.apply(array.getValue(i));
        if (value == null) {
          reading.wrong(path(name) + "[" + i + "]", complaint, "");
        } else {
          values.add(value);
        }
      }
      return values;
    }

    private Map<String, Node> objects(String name) {
      Map<String, Node> nodes = new LinkedHashMap<>();
      Node parent = object(name);
      if (parent != null) {
        if (parent.json.size() > MOST) {
          reading.wrong(parent.path, "has more than " + MOST + " entries", "");
          return nodes;
        }
        for (String id : parent.json.fieldNames()) {
          Node child = parent.object(id);
          nodes.put(
              id, child == null ? new Node(parent.path(id), new JsonObject(), reading) : child);
        }
      }
      return nodes;
    }
  }
}
