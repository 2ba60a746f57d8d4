package io.airbox.generation.memory;

import io.airbox.generation.GenerationException;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.Network;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The networks of a pack in memory; made and closed by a {@link PackShelf}. */
public final class PackNetworks {
  private final ModelPack pack;
  private final Engine engine;
  private final NetworkStore store;
  private final Growth growth;
  private final Map<Role, LoadedNetwork> networks = new EnumMap<>(Role.class);

  /** Loads one more network of a pack, when there is room. */
  @FunctionalInterface
  interface Growth {
    void add(PackNetworks networks, Role role);
  }

  PackNetworks(ModelPack pack, Engine engine, NetworkStore store, Growth growth) {
    this.pack = pack;
    this.engine = engine;
    this.store = store;
    this.growth = growth;
  }

  /** The pack. */
  public ModelPack pack() {
    return pack;
  }

  /** What runs its networks. */
  public Engine engine() {
    return engine;
  }

  /**
   * Waits until all that were asked for are loaded.
   *
   * @throws GenerationException why one could not be, naming role and file
   */
  public void await() {
    @Nullable GenerationException first = null;
    for (Map.Entry<Role, LoadedNetwork> each : networks.entrySet()) {
      try {
        each.getValue().await();
      } catch (GenerationException e) {
        first =
            first == null
                ? Wanted.unloadable(pack, each.getKey(), each.getValue().wanted().file(), e)
                : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /**
   * The network of a role; loaded now if it was not yet, for which other packs may have to go.
   *
   * @throws GenerationException {@code INVALID_PACK} if the pack has none or it cannot be loaded,
   *     {@code OUT_OF_MEMORY} with the figures, {@code ENGINE_FAULT}
   */
  public Network network(Role role) {
    LoadedNetwork known = networks.get(role);
    if (known == null) {
      growth.add(this, role);
      known = networks.get(role);
    }
    if (known == null) {
      throw new IllegalStateException(role.id() + " was not loaded and nobody said so");
    }
    return known.await();
  }

  /** The name of a loaded network's file in the pack. */
  public String file(Role role) {
    LoadedNetwork known = networks.get(role);
    if (known == null) {
      throw new IllegalArgumentException(role.id() + " is not loaded");
    }
    return known.wanted().file();
  }

  /** The roles that are loaded. */
  public Collection<Role> roles() {
    return List.copyOf(networks.keySet());
  }

  /** Takes those of {@code wanted} that are loaded already, and returns the others. */
  List<Wanted> share(List<Wanted> wanted) {
    List<Wanted> missing = new ArrayList<>();
    for (Wanted each : wanted) {
      LoadedNetwork known = store.use(each.key());
      if (known == null) {
        missing.add(each);
      } else {
        networks.put(each.role(), known);
      }
    }
    return missing;
  }

  /** Begins to load; {@link #await} tells how it ended. */
  void load(List<Wanted> wanted) {
    for (Wanted each : wanted) {
      LoadedNetwork known = store.use(each.key()); // two roles may have the same file
      networks.put(each.role(), known == null ? store.load(each, engine) : known);
    }
  }

  /** Gives back the networks of some roles, as far as nobody else uses them. */
  void release(Collection<Role> roles) {
    for (Role role : roles) {
      LoadedNetwork network = networks.remove(role);
      if (network != null) {
        store.release(network);
      }
    }
  }

  Collection<LoadedNetwork> all() {
    return networks.values();
  }

  /** What the networks need by manifest and files. */
  long declaredBytes() {
    return networks.values().stream()
        .distinct()
        .mapToLong(network -> network.wanted().need().totalBytes())
        .sum();
  }

  /** By how much the heaps grew for them; empty when that is not known of all. */
  OptionalLong measuredBytes() {
    long sum = 0;
    for (LoadedNetwork network : networks.values().stream().distinct().toList()) {
      if (network.growth().isEmpty()) {
        return OptionalLong.empty();
      }
      sum += network.growth().getAsLong();
    }
    return OptionalLong.of(sum);
  }

  List<NetworkMemory> memory() {
    return networks.entrySet().stream()
        .map(
            each ->
                new NetworkMemory(
                    each.getKey().id(),
                    each.getValue().wanted().file(),
                    each.getValue().isShared(),
                    each.getValue().holdings()))
        .toList();
  }
}
