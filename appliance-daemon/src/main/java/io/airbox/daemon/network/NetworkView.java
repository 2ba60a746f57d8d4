package io.airbox.daemon.network;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.plan.NetplanGenerate;
import io.airbox.netplan.plan.NetworkPlan;
import io.airbox.netplan.plan.NetworkPlanner;
import io.airbox.netplan.plan.Surroundings;
import io.airbox.netplan.preset.Preset;
import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.LinkLocal;
import io.airbox.netplan.settings.NetworkSettings;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The network of a machine or of another tree: what is, and what a change would do. Touches
 * nothing. Every method blocks for files and programs; thread-safe.
 */
public final class NetworkView {
  private static final Set<String> PACKAGES = Set.of("netplan.io", "systemd", "iproute2");

  private final Path sysroot;
  private final LiveNetwork live;
  private final Supplier<String> hostName;
  private final Supplier<NetplanConfiguration> source;

  /**
   * The network of a tree whose files everybody may read.
   *
   * @param sysroot prefix of every path
   * @param hostName the machine's name; empty for unknown
   */
  public NetworkView(Path sysroot, Supplier<String> hostName) {
    this(sysroot, hostName, () -> NetplanConfiguration.read(sysroot));
  }

  /**
   * @param sysroot prefix of every path
   * @param hostName the machine's name; empty for unknown
   * @param source reads netplan's files, anew at each call; throws as {@link
   *     NetplanConfiguration#read}
   */
  public NetworkView(
      Path sysroot, Supplier<String> hostName, Supplier<NetplanConfiguration> source) {
    this.sysroot = sysroot;
    this.source = source;
    this.live = new LiveNetwork(sysroot);
    this.hostName = hostName;
  }

  /**
   * Who asks, and by which way the page is reached.
   *
   * @param reachedAt the box's address that the connection came to, as digits; null when local
   * @param scheme {@code http} or {@code https}, of addresses to open next
   * @param port of the same
   */
  public record Asker(@Nullable String reachedAt, String scheme, int port) {
    /** Somebody at a console. */
    public static final Asker LOCAL = new Asker(null, "https", 8443);
  }

  /** What is wanted. */
  public sealed interface Wish {
    /**
     * The whole of ports and bonds.
     *
     * @param json as {@code GET /api/v1/network} writes it
     */
    record Settings(JsonObject json) implements Wish {}

    /**
     * A preset.
     *
     * @param fields text by field's name
     */
    record OfPreset(String preset, Map<String, String> fields) implements Wish {
      /** Keeps the map unchangeable. */
      public OfPreset {
        fields = Map.copyOf(fields);
      }
    }

    /**
     * Whole files.
     *
     * @param texts by name; empty to delete the file
     */
    record Files(Map<String, Optional<String>> texts) implements Wish {
      /** Keeps the map unchangeable. */
      public Files {
        texts = Map.copyOf(texts);
      }
    }
  }

  /**
   * Everything that is known.
   *
   * @param reachedAt the box's address that the asker's connection came to; null when local
   * @throws NetplanException {@code UNREADABLE}
   */
  public JsonObject show(@Nullable String reachedAt) {
    LiveNetwork.Snapshot now = live.read();
    NetplanConfiguration configuration = source.get();
    Map<String, String> packages = InstalledVersions.of(sysroot, PACKAGES);
    JsonObject versions = new JsonObject();
    for (String name : PACKAGES.stream().sorted().toList()) {
      versions.put(name, packages.get(name));
    }
    return new JsonObject()
        .put("hostname", hostName.get())
        .put(
            "reached_through",
            reachedAt == null ? null : now.having(reachedAt).map(LiveInterface::name).orElse(null))
        .put("live", NetworkJson.live(now))
        .put("configuration", NetworkJson.configuration(configuration))
        .put("versions", versions)
        .put("persistence", Persistence.of(sysroot).id());
  }

  /** Whether the network works now; blocks for some seconds. */
  NetworkCheck check(Arrivals arrivals) {
    return NetworkCheck.of(live.read(), arrivals, LinkProbe.of(sysroot));
  }

  /**
   * Thinks a change through.
   *
   * @throws NetworkRefusedException a value of the settings is none
   * @throws NetplanException an unknown preset or field, a bad file name; files that cannot be
   *     read; no netplan here
   */
  public NetworkPlan plan(Wish wish, Asker asker) {
    NetworkPlanner planner = new NetworkPlanner(sysroot, source, NetplanGenerate.installed());
    Surroundings around = surroundings(asker);
    if (wish instanceof Wish.OfPreset preset) {
      return planner.plan(Preset.of(preset.preset()), preset.fields(), around);
    }
    if (wish instanceof Wish.Files files) {
      return planner.planFiles(files.texts(), around);
    }
    SettingsReading reading = new SettingsReading();
    NetworkSettings wanted =
        reading.read(((Wish.Settings) wish).json(), planner.current().settings().others());
    if (wanted == null) {
      throw new NetworkRefusedException(reading.findings());
    }
    return planner.plan(wanted, around);
  }

  /**
   * Whether somebody on the network finds the box when a plan is in effect: some port with a cable
   * has an address, is in a bond that has one, or below a VLAN or bridge that has one. Where cables
   * are unknown, all ports count as having one.
   */
  boolean leavesAWayIn(NetworkPlan plan) {
    Set<String> dead = new HashSet<>();
    for (LiveInterface each : live.read().interfaces()) {
      if (each.kind() == LiveInterface.Kind.PORT && !each.carrier().orElse(true)) {
        dead.add(each.name());
      }
    }
    NetworkSettings after = plan.after();
    return after.ethernets().values().stream()
            .anyMatch(port -> !dead.contains(port.id()) && addressed(port.settings()))
        || after.bonds().values().stream()
            .anyMatch(bond -> addressed(bond.settings()) && !dead.containsAll(bond.members()))
        || after.others().stream()
            .anyMatch(
                other ->
                    (other.dhcp() || !other.addresses().isEmpty())
                        && (other.uses().isEmpty() || !dead.containsAll(other.uses())));
  }

  private static boolean addressed(InterfaceSettings settings) {
    LinkLocal linkLocal = settings.linkLocal();
    // a direct cable: found by its name
    return settings.isAddressed() || (linkLocal != null && linkLocal.v4());
  }

  /** What the files say now, as {@link NetworkPlan#basedOn} has it. */
  String fingerprint() {
    return source.get().fingerprint();
  }

  private Surroundings surroundings(Asker asker) {
    LiveNetwork.Snapshot now = live.read();
    Set<String> present = new HashSet<>();
    Map<String, List<Address>> addresses = new HashMap<>();
    for (LiveInterface each : now.interfaces()) {
      present.add(each.name());
      List<Address> known = new ArrayList<>();
      for (LiveInterface.LiveAddress address : each.addresses()) {
        try {
          known.add(Address.parse(address.address() + "/" + address.prefix()));
        } catch (NetplanException e) {
          Logger.debug("ip told of {}: {}", address, e.getMessage());
        }
      }
      addresses.put(each.name(), known);
    }
    String reachedAt = asker.reachedAt();
    return new Surroundings(
        present,
        addresses,
        reachedAt == null ? null : new IpAddress(reachedAt),
        asker.scheme(),
        asker.port(),
        hostName.get());
  }
}
