package io.airbox.generation.memory;

import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.HeapState;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Whether networks have room beside others, on an engine's heaps as they are at one moment.
 *
 * <p>Two bounds hold. What loaded packs may come to need stays within the policy's limit. And what
 * the driver says is free, with what would be given back, less what loaded packs may yet take,
 * leaves the head-room. A bound that nobody tells does not hold.
 */
final class Room {
  private final MemoryPolicy policy;
  private final NetworkStore store;
  private final Collection<LoadedNetwork> loaded;
  private final List<HeapState> heaps;
  private final long need;
  private final long largestBlock;

  Room(MemoryPolicy policy, NetworkStore store, Engine engine, List<Wanted> wanted) {
    this.policy = policy;
    this.store = store;
    this.loaded = store.of(engine);
    this.heaps = engine.heaps();
    Set<NetworkKey> once = new HashSet<>();
    long total = 0;
    long largest = 0;
    for (Wanted each : wanted) {
      if (once.add(each.key())) {
        total += store.need(each);
        largest = Math.max(largest, each.need().largestBlockBytes());
      }
    }
    this.need = total;
    this.largestBlock = largest;
  }

  /** What the wanted networks take together. */
  long need() {
    return need;
  }

  /** Whether they have room when of the loaded networks only these stay. */
  boolean suffices(Set<LoadedNetwork> staying) {
    long limit = free(limit(staying));
    return limit >= need
        && free(available(staying)) >= need
        && free(block(staying)) >= largestBlock;
  }

  private static long free(OptionalLong bytes) {
    return bytes.orElse(Long.MAX_VALUE);
  }

  /** What the limit leaves beside networks that stay; empty without a limit. */
  private OptionalLong limit(Set<LoadedNetwork> staying) {
    return policy.limitBytes().isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(policy.limitBytes().getAsLong() - committed(staying));
  }

  private long committed(Set<LoadedNetwork> networks) {
    return networks.stream().mapToLong(store::commitment).sum();
  }

  /** What the heaps have beside networks that stay; empty when nobody tells. */
  private OptionalLong available(Set<LoadedNetwork> staying) {
    if (heaps.isEmpty()) {
      return OptionalLong.empty();
    }
    long bytes = heaps.stream().mapToLong(HeapState::availableBytes).sum();
    for (LoadedNetwork network : loaded) {
      bytes +=
          staying.contains(network)
              ? network.takenBytes() - store.commitment(network)
              : network.takenBytes();
    }
    return OptionalLong.of(bytes - policy.headroomBytes());
  }

  /** The largest piece that one heap may have; empty when nobody tells. */
  private OptionalLong block(Set<LoadedNetwork> staying) {
    return heaps.stream()
        .mapToLong(
            heap ->
                heap.availableBytes()
                    + loaded.stream()
                        .filter(network -> !staying.contains(network))
                        .mapToLong(network -> network.heldBytes(heap.heap()))
                        .sum())
        .max();
  }

  /** Whether loaded networks are within the policy's limit when only these stay. */
  boolean isWithinLimit(Set<LoadedNetwork> staying) {
    return free(limit(staying)) >= 0;
  }

  /** Whether it is the limit that leaves no room when only these stay. */
  boolean breaksLimit(Set<LoadedNetwork> staying) {
    return free(limit(staying)) < need;
  }

  /** The figures of a refusal, when only these networks had to stay. */
  String shortage(Set<LoadedNetwork> staying) {
    StringBuilder text = new StringBuilder();
    if (breaksLimit(staying)) {
      text.append("the limit is ")
          .append(ByteText.of(policy.limitBytes().getAsLong()))
          .append(", of which ")
          .append(ByteText.of(committed(staying)))
          .append(" is taken by what stays");
    } else {
      long total = heaps.stream().mapToLong(HeapState::totalBytes).sum();
      long ours = loaded.stream().mapToLong(LoadedNetwork::takenBytes).sum();
      long others = heaps.stream().mapToLong(HeapState::usedBytes).sum() - ours;
      text.append(
              free(available(staying)) < need
                  ? ByteText.of(Math.max(0, free(available(staying)))) + " can be had"
                  : "no heap has "
                      + ByteText.of(largestBlock)
                      + " in one piece but at most "
                      + ByteText.of(free(block(staying))))
          .append(": of ")
          .append(ByteText.of(total))
          .append(" other programs hold ")
          .append(ByteText.of(Math.max(0, others)))
          .append(", what stays takes ")
          .append(ByteText.of(committed(staying)))
          .append(" and ")
          .append(ByteText.of(policy.headroomBytes()))
          .append(" are kept free");
    }
    return text.toString();
  }
}
