package io.airbox.daemon.network;

import io.airbox.daemon.network.LiveInterface.Kind;
import io.airbox.daemon.network.LiveInterface.Lease;
import io.airbox.daemon.network.LiveInterface.LiveAddress;
import io.airbox.daemon.network.LiveInterface.LiveBond;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * What the kernel and systemd-networkd say of the network now. Everything is looked up anew; what
 * cannot be found is unknown, and nothing here fails. Thread-safe; blocks for a few files and three
 * calls of {@code ip}.
 *
 * <p>Interfaces, carrier, speed and bonds are read from {@code /sys/class/net} and {@code
 * /proc/net/bonding}, leases from {@code /run/systemd/netif/leases} (a private format of
 * systemd-networkd: {@code KEY=VALUE} lines), DNS servers from {@code
 * /run/systemd/resolve/resolv.conf}. Addresses and routes come from {@code ip -j} (iproute2 4.13 or
 * later).
 */
public final class LiveNetwork {
  private static final int LOOPBACK_TYPE = 772;

  /** {@code IFF_UP} of {@code linux/if.h}. */
  private static final int UP = 1;

  /** What {@code ip} says of an address that is valid for ever. */
  private static final long FOR_EVER = 0xffff_ffffL;

  private static final long LARGEST = 64 * 1024L;

  private final Path root;
  private final IpProgram ip;

  /**
   * The network of a machine or of its recorded tree.
   *
   * @param sysroot prefix of every path
   */
  public LiveNetwork(Path sysroot) {
    this(sysroot, IpProgram.of(sysroot));
  }

  LiveNetwork(Path sysroot, IpProgram ip) {
    this.root = sysroot;
    this.ip = ip;
  }

  /**
   * A route of the kernel.
   *
   * @param to {@code default} or a network
   * @param via the next hop; null when it is on the link
   * @param metric the lower one wins
   * @param source who made it, such as {@code dhcp}, {@code static}, {@code ra}
   */
  public record LiveRoute(
      String to, @Nullable String via, String network, OptionalInt metric, String source) {}

  /**
   * The network of one moment.
   *
   * @param addressesKnown whether addresses and routes could be asked for
   */
  public record Snapshot(
      List<LiveInterface> interfaces,
      List<LiveRoute> routes,
      List<String> nameServers,
      List<String> searchDomains,
      boolean addressesKnown) {

    /** Keeps the lists unchangeable. */
    public Snapshot {
      interfaces = List.copyOf(interfaces);
      routes = List.copyOf(routes);
      nameServers = List.copyOf(nameServers);
      searchDomains = List.copyOf(searchDomains);
    }

    /** The interface that has this address, written as digits without a zone. */
    public Optional<LiveInterface> having(String address) {
      return interfaces.stream()
          .filter(each -> each.addresses().stream().anyMatch(has -> has.address().equals(address)))
          .findFirst();
    }
  }

  /** Looks. */
  public Snapshot read() {
    Map<String, JsonObject> told = new TreeMap<>();
    Optional<JsonArray> addresses = array(ip.run("addr"));
    for (JsonObject each : objects(addresses.orElse(new JsonArray()))) {
      String name = each.getString("ifname");
      if (name != null) {
        told.put(name, each);
      }
    }
    List<LiveInterface> interfaces = new ArrayList<>();
    for (String name : names(told)) {
      interfaces.add(read(name, told.getOrDefault(name, new JsonObject())));
    }
    List<LiveRoute> routes = new ArrayList<>();
    for (String family : List.of("-4", "-6")) {
      objects(array(ip.run(family, "route")).orElse(new JsonArray()))
          .forEach(each -> routes.add(route(each)));
    }
    Map<String, List<String>> resolver = resolver();
    return new Snapshot(
        interfaces,
        routes,
        resolver.getOrDefault("nameserver", List.of()),
        resolver.getOrDefault("search", List.of()),
        addresses.isPresent());
  }

  /** In the order of the kernel's numbers, which is that of the ports on the case. */
  private List<String> names(Map<String, JsonObject> told) {
    Map<String, Integer> numbers = new HashMap<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(root.resolve("sys/class/net"))) {
      for (Path each : found) {
        Path name = each.getFileName();
        if (name != null && Files.isDirectory(each)) {
          numbers.put(
              name.toString(), number(text(each.resolve("ifindex"))).orElse(Integer.MAX_VALUE));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      Logger.debug("no interfaces in {}: {}", root.resolve("sys/class/net"), e.toString());
    }
    told.forEach(
        (name, json) -> numbers.putIfAbsent(name, json.getInteger("ifindex", Integer.MAX_VALUE)));
    return numbers.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private LiveInterface read(String name, JsonObject told) {
    Path sys = root.resolve("sys/class/net").resolve(name);
    OptionalInt flags = hexadecimal(text(sys.resolve("flags")));
    Optional<Boolean> up =
        flags.isPresent()
            ? Optional.of((flags.getAsInt() & UP) != 0)
            : told.containsKey("flags")
                ? Optional.of(told.getJsonArray("flags").contains("UP"))
                : Optional.empty();
    Kind kind = kind(sys, told);
    OptionalInt speed = number(text(sys.resolve("speed")));
    String duplex = text(sys.resolve("duplex"));
    String mac = text(sys.resolve("address"));
    OptionalInt mtu = number(text(sys.resolve("mtu")));
    return new LiveInterface(
        name,
        kind,
        mac == null ? told.getString("address") : mac,
        up,
        flag(text(sys.resolve("carrier"))),
        speed.isPresent() && speed.getAsInt() > 0 ? speed : OptionalInt.empty(),
        duplex != null && (duplex.equals("full") || duplex.equals("half")) ? duplex : null,
        mtu.isPresent() || !told.containsKey("mtu") ? mtu : OptionalInt.of(told.getInteger("mtu")),
        master(sys, told),
        addresses(told),
        lease(sys, told),
        kind == Kind.BOND ? Optional.of(bond(name, sys)) : Optional.empty());
  }

  private static Kind kind(Path sys, JsonObject told) {
    if (Files.isDirectory(sys.resolve("bonding"))) {
      return Kind.BOND;
    }
    if (Files.isDirectory(sys.resolve("bridge"))) {
      return Kind.BRIDGE;
    }
    String type = text(sys.resolve("uevent"));
    if (type != null && type.contains("DEVTYPE=vlan")) {
      return Kind.VLAN;
    }
    if (number(text(sys.resolve("type"))).orElse(0) == LOOPBACK_TYPE
        || "loopback".equals(told.getString("link_type"))) {
      return Kind.LOOPBACK;
    }
    return Files.exists(sys.resolve("device")) ? Kind.PORT : Kind.VIRTUAL;
  }

  private static @Nullable String master(Path sys, JsonObject told) {
    Path link = sys.resolve("master");
    try {
      if (Files.isSymbolicLink(link)) {
        Path name = Files.readSymbolicLink(link).getFileName();
        return name == null ? null : name.toString();
      }
    } catch (IOException e) {
      Logger.debug("{}: {}", link, e.toString());
    }
    return told.getString("master");
  }

  private static List<LiveAddress> addresses(JsonObject told) {
    List<LiveAddress> addresses = new ArrayList<>();
    for (JsonObject each : objects(told.getJsonArray("addr_info", new JsonArray()))) {
      String address = each.getString("local");
      if (address != null) {
        long valid = each.getLong("valid_life_time", FOR_EVER);
        addresses.add(
            new LiveAddress(
                address,
                each.getInteger("prefixlen", 0),
                each.getBoolean("dynamic", false),
                each.getString("scope", "global"),
                valid == FOR_EVER ? OptionalLong.empty() : OptionalLong.of(valid)));
      }
    }
    return addresses;
  }

  private static LiveRoute route(JsonObject told) {
    Integer metric = told.getInteger("metric");
    return new LiveRoute(
        told.getString("dst", "default"),
        told.getString("gateway"),
        told.getString("dev", ""),
        metric == null ? OptionalInt.empty() : OptionalInt.of(metric),
        told.getString("protocol", "boot"));
  }

  private Optional<Lease> lease(Path sys, JsonObject told) {
    String index = text(sys.resolve("ifindex"));
    String number = index == null ? String.valueOf(told.getInteger("ifindex")) : index;
    String text = text(root.resolve("run/systemd/netif/leases").resolve(number));
    if (text == null) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0 && !line.startsWith("#")) {
        values.put(line.substring(0, equals), line.substring(equals + 1).strip());
      }
    }
    OptionalInt seconds = number(values.get("LIFETIME"));
    return Optional.of(
        new Lease(
            values.get("ADDRESS"),
            values.get("SERVER_ADDRESS"),
            words(values.get("ROUTER")),
            words(values.get("DNS")),
            words(values.get("NTP")),
            values.get("DOMAINNAME"),
            seconds.isPresent() ? OptionalLong.of(seconds.getAsInt()) : OptionalLong.empty()));
  }

  private LiveBond bond(String name, Path sys) {
    return BondingReport.read(
        text(root.resolve("proc/net/bonding").resolve(name)),
        member -> root.resolve("sys/class/net").resolve(member).resolve("bonding_slave"),
        sys.resolve("bonding"));
  }

  /** Values by keyword; the format is {@code resolv.conf(5)}'s. */
  private Map<String, List<String>> resolver() {
    // with systemd-resolved /etc/resolv.conf names only its stub
    String text = text(root.resolve("run/systemd/resolve/resolv.conf"));
    if (text == null) {
      text = text(root.resolve("etc/resolv.conf"));
    }
    Map<String, List<String>> found = new HashMap<>();
    if (text != null) {
      for (String line : text.split("\n", -1)) {
        List<String> words = words(line);
        if (words.size() > 1 && !line.startsWith("#")) {
          found
              .computeIfAbsent(words.get(0), key -> new ArrayList<>())
              .addAll(words.subList(1, words.size()));
        }
      }
    }
    return found;
  }

  /** A small file's text without white space at its ends; null when there is none. */
  static @Nullable String text(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
        return null;
      }
      // /proc and /sys say nothing of sizes, and reading some attributes of a port without a cable
      // fails
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return null;
    }
  }

  static List<String> words(@Nullable String text) {
    return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }

  static OptionalInt number(@Nullable String text) {
    try {
      return text == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text.strip()));
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  private static OptionalInt hexadecimal(@Nullable String text) {
    try {
      return text == null ? OptionalInt.empty() : OptionalInt.of(Integer.decode(text));
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  private static Optional<Boolean> flag(@Nullable String text) {
    return text == null ? Optional.empty() : Optional.of(text.equals("1"));
  }

  private static Optional<JsonArray> array(Optional<String> output) {
    try {
      return output.map(text -> text.isBlank() ? new JsonArray() : new JsonArray(text));
    } catch (DecodeException e) {
      Logger.debug("ip -j did not write JSON: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static List<JsonObject> objects(JsonArray array) {
    return array.stream()
        .filter(JsonObject.class::isInstance)
        .map(JsonObject.class::cast)
        .filter(each -> !each.isEmpty())
        .toList();
  }

  /** A kind in documents: lower case. */
  static String id(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
