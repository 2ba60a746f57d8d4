package io.airbox.generation.memory;

import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.HeapState;
import io.airbox.generation.engine.Holding;
import io.airbox.generation.engine.Network;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** The networks in memory, each once, and what they were seen to need. Used by one thread. */
final class NetworkStore {
  private final Map<NetworkKey, LoadedNetwork> networks = new LinkedHashMap<>();

  /** What networks took when they were loaded last; outlives them. */
  private final Map<NetworkKey, Long> taken = new HashMap<>();

  private final Map<String, Long> peaks = new HashMap<>();

  /** The network, used once more; null if it is not loaded. */
  @Nullable LoadedNetwork use(NetworkKey key) {
    LoadedNetwork known = networks.get(key);
    if (known != null) {
      known.used();
    }
    return known;
  }

  /** Begins to load a network that is not loaded, for its first user. */
  LoadedNetwork load(Wanted wanted, Engine engine) {
    FutureTask<Network> loading = new FutureTask<>(() -> engine.load(wanted.path()));
    LoadedNetwork fresh = new LoadedNetwork(wanted, loading);
    fresh.used();
    networks.put(wanted.key(), fresh);
    if (engine.loadsConcurrently()) {
      new Thread(loading, "load-" + wanted.role().id()).start();
    } else {
      OptionalLong before = used(engine);
      loading.run();
      OptionalLong after = used(engine);
      if (before.isPresent() && after.isPresent() && fresh.isLoaded()) {
        fresh.grew(after.getAsLong() - before.getAsLong());
      }
    }
    return fresh;
  }

  /** What all processes hold of an engine's heaps; empty when nobody tells. */
  static OptionalLong used(Engine engine) {
    List<HeapState> heaps = engine.heaps();
    return heaps.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(heaps.stream().mapToLong(HeapState::usedBytes).sum());
  }

  /** One user less; the last one's give-back closes it. */
  void release(LoadedNetwork network) {
    if (!network.released()) {
      return;
    }
    networks.remove(network.key());
    if (!network.loads()) {
      return;
    }
    remember(network);
    try {
      network.await().close();
    } catch (RuntimeException lost) {
      Logger.warn("{} was not given back in order: {}", network.wanted().path(), lost.toString());
    }
  }

  /** Takes note of what the networks hold now. */
  void note() {
    networks.values().forEach(this::remember);
    ours().forEach((heap, bytes) -> peaks.merge(heap, bytes, Math::max));
  }

  private void remember(LoadedNetwork network) {
    taken.put(network.key(), network.takenBytes());
  }

  /** What the networks hold, by heap. */
  Map<String, Long> ours() {
    Map<String, Long> ours = new TreeMap<>();
    for (LoadedNetwork network : networks.values()) {
      for (Holding holding : network.holdings()) {
        ours.merge(holding.heap(), holding.bytes(), Long::sum);
      }
    }
    return ours;
  }

  /** The most that {@link #ours} was of a heap at any {@link #note}. */
  long peak(String heap) {
    return peaks.getOrDefault(heap, 0L);
  }

  /** The networks of an engine. */
  Collection<LoadedNetwork> of(Engine engine) {
    return networks.values().stream()
        .filter(network -> network.key().engine().equals(engine.id()))
        .toList();
  }

  /** What a network will take: what is declared, or what it was seen to take if that is more. */
  long need(Wanted wanted) {
    return Math.max(wanted.need().totalBytes(), taken.getOrDefault(wanted.key(), 0L));
  }

  /** What a loaded network may come to take when it runs. */
  long commitment(LoadedNetwork network) {
    return Math.max(need(network.wanted()), network.takenBytes());
  }
}
