package io.airbox.generation.memory;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.Message;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.HeapState;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest.Role;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.tinylog.Logger;

/**
 * The loaded packs. Several stay as memory admits. A pack that is asked for and has no room makes
 * those go that were not used for longest and are neither pinned nor in use, but only when that
 * will do, and no more than needed; else it is refused with the figures. What a pack took comes
 * back when it goes, but for networks that it shares with another.
 *
 * <p>Used by one thread at a time.
 *
 * @param <T> what is built on a pack's networks
 */
public final class PackShelf<T extends PackShelf.Opened> implements AutoCloseable {
  private final MemoryPolicy policy;
  private final InstantSource clock;
  private final NetworkStore store = new NetworkStore();

  /** By name, the least recently used first. */
  private final Map<String, Entry<T>> entries = new LinkedHashMap<>();

  private long evictions;
  private long refusals;

  /** What is built on a pack's networks and closed before them. */
  public interface Opened extends AutoCloseable {
    @Override
    void close();
  }

  /** Builds it. */
  @FunctionalInterface
  public interface Opening<T> {
    /**
     * Builds it, and {@linkplain PackNetworks#await waits} for the networks: they may still be
     * loading when this is called.
     *
     * @throws GenerationException why it cannot; the networks are given back
     */
    T open(PackNetworks networks);
  }

  private static final class Entry<T> {
    private final T opened;
    private final PackNetworks networks;
    private boolean pinned;
    private boolean running;
    private Instant lastUsed;

    Entry(T opened, PackNetworks networks, Instant now) {
      this.opened = opened;
      this.networks = networks;
      this.lastUsed = now;
    }

    String name() {
      return networks.pack().manifest().name();
    }

    boolean isOf(ModelPack pack, Engine engine) {
      return networks.pack().digest().equals(pack.digest())
          && networks.pack().folder().equals(pack.folder())
          && networks.engine().equals(engine);
    }

    boolean mayGo() {
      return !pinned && !running;
    }
  }

  /** A pack in use, which stays until this is closed. */
  public final class Use implements AutoCloseable {
    private final Entry<T> entry;

    private Use(Entry<T> entry) {
      this.entry = entry;
      entry.running = true;
      touch(entry);
    }

    /** What was built on it. */
    public T pack() {
      return entry.opened;
    }

    @Override
    public void close() {
      if (entry.running) {
        entry.running = false;
        touch(entry);
        store.note();
        keepWithinLimit(entry.networks.engine());
      }
    }
  }

  /**
   * @param clock tells when packs were used
   */
  public PackShelf(MemoryPolicy policy, InstantSource clock) {
    this.policy = policy;
    this.clock = clock;
  }

  /** Whether this very pack is loaded, for this engine. */
  public boolean holds(ModelPack pack, Engine engine) {
    Entry<T> entry = entries.get(pack.manifest().name());
    return entry != null && entry.isOf(pack, engine);
  }

  /**
   * Takes a pack into use, and loads it if it is not loaded. Another version of it goes first; a
   * pin passes to the new one.
   *
   * @param roles the networks to load at once; {@link PackNetworks#network} loads others
   * @param opening builds on the networks when they are loaded
   * @throws IllegalStateException if another version of it is in use
   * @throws GenerationException {@code OUT_OF_MEMORY} with the figures when it has no room beside
   *     pinned packs; what the engine or {@code opening} says. The pack is not loaded then, and the
   *     message tells which packs went on its account
   */
  public Use use(ModelPack pack, Engine engine, Collection<Role> roles, Opening<T> opening) {
    Entry<T> entry = entries.get(pack.manifest().name());
    if (entry != null && entry.isOf(pack, engine)) {
      return new Use(entry);
    }
    boolean pinned = false;
    if (entry != null) {
      requireIdle(entry);
      pinned = entry.pinned;
      giveBack(List.of(entry));
    }
    Entry<T> fresh = load(pack, engine, roles, opening);
    fresh.pinned = pinned;
    return new Use(fresh);
  }

  private Entry<T> load(ModelPack pack, Engine engine, Collection<Role> roles, Opening<T> opening) {
    PackNetworks networks = new PackNetworks(pack, engine, store, this::grow);
    T opened = fetch(networks, roles, () -> opening.open(networks));
    return new Entry<>(opened, networks, clock.instant());
  }

  /** Loads one more network of a pack that is loaded or about to be. */
  private void grow(PackNetworks networks, Role role) {
    PackNetworks grown =
        fetch(
            networks,
            List.of(role),
            () -> {
              networks.await();
              return networks;
            });
    Logger.debug("Loaded {} of {}", role.id(), grown.pack().folder());
  }

  /** Makes room for networks of a pack, loads them, and builds on them; all of it or nothing. */
  private <R> R fetch(PackNetworks networks, Collection<Role> roles, Supplier<R> building) {
    Engine engine = networks.engine();
    List<Wanted> wanted =
        roles.stream().map(role -> Wanted.of(networks.pack(), engine, role)).toList();
    Set<String> evicted = new LinkedHashSet<>();
    while (true) {
      boolean admitted = false;
      try {
        List<Wanted> missing = networks.share(wanted);
        makeRoom(networks, missing, evicted);
        admitted = true;
        networks.load(missing);
        R built = building.get();
        store.note();
        return built;
      } catch (GenerationException e) {
        networks.release(roles);
        if (e.reason() != Reason.OUT_OF_MEMORY) {
          throw told(e, evicted);
        }
        // the engine may find less than was reckoned with: a heap in pieces, or somebody was faster
        List<Entry<T>> others = admitted ? candidates(engine) : List.of();
        if (others.isEmpty()) {
          refusals++;
          throw told(e, evicted);
        }
        evict(others.subList(0, 1), evicted);
      } catch (RuntimeException e) {
        networks.release(roles);
        throw e;
      }
    }
  }

  private static GenerationException told(GenerationException failure, Set<String> evicted) {
    return evicted.isEmpty()
        ? failure
        : new GenerationException(
            failure.reason(),
            failure.field(),
            failure.getMessage() + "; unloaded to make room for it: " + String.join(", ", evicted),
            failure);
  }

  /** Evicts what has to go for the wanted networks, or refuses them. */
  private void makeRoom(PackNetworks owner, List<Wanted> wanted, Set<String> evicted) {
    if (wanted.isEmpty()) {
      return;
    }
    Engine engine = owner.engine();
    while (true) {
      List<Entry<T>> candidates = candidates(engine);
      Room room = new Room(policy, store, engine, wanted);
      if (!room.suffices(staying(engine, owner.all(), candidates))) {
        throw refusal(owner, room, candidates);
      }
      List<Entry<T>> going =
          goers(candidates, gone -> room.suffices(staying(engine, owner.all(), gone)));
      if (going.isEmpty()) {
        return;
      }
      evict(going, evicted);
    }
  }

  private GenerationException refusal(PackNetworks owner, Room room, List<Entry<T>> candidates) {
    Engine engine = owner.engine();
    Set<LoadedNetwork> networks = staying(engine, owner.all(), candidates);
    List<String> packs = new ArrayList<>();
    for (Entry<T> entry : entries.values()) {
      if (!entry.mayGo() && entry.networks != owner && entry.networks.engine().equals(engine)) {
        packs.add(entry.name() + (entry.pinned ? " (pinned)" : " (in use)"));
      }
    }
    return new GenerationException(
        Reason.OUT_OF_MEMORY,
        Message.of(
            "pack %s needs %s more memory of engine %s; %s%s; %s%s, or take a smaller pack",
            owner.pack().manifest().name(),
            ByteText.of(room.need()),
            engine.id(),
            room.shortage(networks),
            packs.isEmpty() ? "" : "; what stays is " + String.join(", ", packs),
            packs.isEmpty() ? "" : "unpin a pack, ",
            room.breaksLimit(networks)
                ? "raise the limit"
                : "end other programs that use this memory"));
  }

  /** The packs of an engine that may go, the least recently used first. */
  private List<Entry<T>> candidates(Engine engine) {
    return entries.values().stream()
        .filter(entry -> entry.mayGo() && entry.networks.engine().equals(engine))
        .toList();
  }

  /** Which have to go until it suffices: those that come first, and none that need not. */
  private static <C> List<C> goers(List<C> candidates, Predicate<List<C>> suffices) {
    List<C> going = new ArrayList<>();
    for (int i = 0; i < candidates.size() && !suffices.test(going); i++) {
      going.add(candidates.get(i));
    }
    for (int i = going.size() - 1; i >= 0; i--) {
      C spared = going.remove(i);
      if (!suffices.test(going)) {
        going.add(i, spared);
      }
    }
    return going;
  }

  /** The networks of an engine that stay when some packs go. */
  private Set<LoadedNetwork> staying(
      Engine engine, Collection<LoadedNetwork> own, List<Entry<T>> gone) {
    Set<LoadedNetwork> staying = Collections.newSetFromMap(new IdentityHashMap<>());
    staying.addAll(own);
    for (Entry<T> entry : entries.values()) {
      if (!gone.contains(entry) && entry.networks.engine().equals(engine)) {
        staying.addAll(entry.networks.all());
      }
    }
    return staying;
  }

  private void evict(List<Entry<T>> going, Set<String> evicted) {
    for (Entry<T> entry : going) {
      Logger.info("Unloading pack {} to make room", entry.name());
      evicted.add(entry.name());
      evictions++;
    }
    giveBack(going);
  }

  private void giveBack(List<Entry<T>> going) {
    Engine engine = going.get(0).networks.engine();
    OptionalLong before = NetworkStore.used(engine);
    long held = heldBytes(engine);
    going.forEach(this::close);
    long expected = held - heldBytes(engine);
    OptionalLong after = NetworkStore.used(engine);
    if (before.isPresent()
        && after.isPresent()
        && before.getAsLong() - after.getAsLong() < expected
        && !store.of(engine).isEmpty()) {
      reclaim(engine);
    }
  }

  private void close(Entry<T> entry) {
    entries.remove(entry.name());
    try {
      entry.opened.close();
    } finally {
      entry.networks.release(entry.networks.roles());
    }
  }

  private long heldBytes(Engine engine) {
    return store.of(engine).stream().mapToLong(LoadedNetwork::heldBytes).sum();
  }

  /** A runtime that keeps what closed networks held is made to give it back. */
  private void reclaim(Engine engine) {
    try {
      engine.reclaim();
    } catch (RuntimeException lost) {
      // networks that stayed may be gone with it: whoever wants them loads them again
      Logger.error("Packs of engine {} were lost: {}", engine.id(), lost.toString());
      for (Entry<T> entry : List.copyOf(entries.values())) {
        if (entry.networks.engine().equals(engine) && !entry.running) {
          close(entry);
        }
      }
      throw lost;
    }
  }

  /** A request may have taken more than was declared; then others go, if that will do. */
  private void keepWithinLimit(Engine engine) {
    List<Entry<T>> candidates = candidates(engine);
    Room room = new Room(policy, store, engine, List.of());
    if (room.isWithinLimit(staying(engine, List.of(), candidates))) {
      List<Entry<T>> going =
          goers(candidates, gone -> room.isWithinLimit(staying(engine, List.of(), gone)));
      if (!going.isEmpty()) {
        evict(going, new LinkedHashSet<>());
      }
    }
  }

  private void touch(Entry<T> entry) {
    entry.lastUsed = clock.instant();
    entries.remove(entry.name());
    entries.put(entry.name(), entry);
  }

  /**
   * Gives a pack's memory back, pinned or not.
   *
   * @return whether it was loaded
   * @throws IllegalStateException if it is in use
   */
  public boolean unload(String name) {
    Entry<T> entry = entries.get(name);
    if (entry == null) {
      return false;
    }
    requireIdle(entry);
    giveBack(List.of(entry));
    return true;
  }

  private static void requireIdle(Entry<?> entry) {
    if (entry.running) {
      throw new IllegalStateException("pack " + entry.name() + " is in use");
    }
  }

  /**
   * Keeps a loaded pack whatever else is asked for, or stops to.
   *
   * @return whether it is loaded
   */
  public boolean pin(String name, boolean pinned) {
    Entry<T> entry = entries.get(name);
    if (entry == null) {
      return false;
    }
    entry.pinned = pinned;
    return true;
  }

  /**
   * What is loaded and how full the heaps are.
   *
   * @param preferred the engine whose device the report tells of
   * @param engines all engines whose heaps it tells of
   */
  public MemoryReport report(Engine preferred, Collection<Engine> engines) {
    store.note();
    Map<String, Long> ours = store.ours();
    List<HeapMemory> heaps = new ArrayList<>();
    for (Engine engine : engines) {
      for (HeapState heap : engine.heaps()) {
        heaps.add(
            new HeapMemory(
                heap.heap(),
                OptionalLong.of(heap.totalBytes()),
                OptionalLong.of(heap.usedBytes()),
                OptionalLong.of(heap.availableBytes()),
                ours.getOrDefault(heap.heap(), 0L),
                store.peak(heap.heap())));
        ours.remove(heap.heap());
      }
    }
    ours.forEach(
        (heap, bytes) ->
            heaps.add(
                new HeapMemory(
                    heap,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    bytes,
                    store.peak(heap))));
    return new MemoryReport(
        clock.instant(),
        preferred.id(),
        preferred.device(),
        heaps,
        entries.values().stream().map(PackShelf::memory).toList(),
        policy.limitBytes(),
        policy.headroomBytes(),
        evictions,
        refusals);
  }

  private static PackMemory memory(Entry<?> entry) {
    ModelPack pack = entry.networks.pack();
    return new PackMemory(
        pack.manifest().name(),
        pack.manifest().version(),
        pack.digest(),
        entry.networks.engine().id(),
        entry.pinned,
        entry.running,
        entry.networks.declaredBytes(),
        entry.networks.measuredBytes(),
        entry.lastUsed,
        entry.networks.memory());
  }

  /** Gives everything back. */
  @Override
  public void close() {
    for (Entry<T> entry : List.copyOf(entries.values())) {
      entry.running = false;
      giveBack(List.of(entry));
    }
  }
}
