package io.airbox.generation.memory;

import io.airbox.generation.engine.DeviceState;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * The memory of a worker's engines at one moment.
 *
 * @param at when
 * @param engine the preferred engine, which {@code device} belongs to
 * @param device what it tells of itself
 * @param heaps the heaps of all engines in use
 * @param packs the loaded packs, the least recently used first
 * @param limitBytes most that loaded packs may need; empty for what the heaps have
 * @param headroomBytes what stays free
 * @param evictions packs unloaded to make room, since the worker began
 * @param refusals packs that could not be loaded for want of memory, since the worker began
 */
public record MemoryReport(
    Instant at,
    String engine,
    DeviceState device,
    List<HeapMemory> heaps,
    List<PackMemory> packs,
    OptionalLong limitBytes,
    long headroomBytes,
    long evictions,
    long refusals) {
  public MemoryReport {
    heaps = List.copyOf(heaps);
    packs = List.copyOf(packs);
  }

  /** Whether the other report says the same of another moment. */
  public boolean sameAs(MemoryReport other) {
    return equals(
        new MemoryReport(
            at,
            other.engine,
            other.device,
            other.heaps,
            other.packs,
            other.limitBytes,
            other.headroomBytes,
            other.evictions,
            other.refusals));
  }
}
