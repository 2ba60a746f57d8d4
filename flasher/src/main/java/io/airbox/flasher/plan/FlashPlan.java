package io.airbox.flasher.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every write of a flash, in order.
 *
 * @param writes what is written
 * @param partitions the table that is written; empty when the package has none that can be read
 * @param firmware whether the boot firmware in the SPI flash is updated first
 * @param packageBytes length of all files that the flash reads
 */
public record FlashPlan(
    List<PlannedWrite> writes, List<Partition> partitions, boolean firmware, long packageBytes) {
  /** Bytes of a block. */
  public static final int BLOCK = 512;

  /** The vendor says three minutes for 10⁹ bytes of package. */
  private static final long MILLIS_PER_MEGABYTE = 180;

  private static final long MEGABYTE = 1_000_000;

  public FlashPlan {
    writes = List.copyOf(writes);
    partitions = List.copyOf(partitions);
  }

  /** Number of blocks that are written. */
  public long blocks() {
    return writes.stream().mapToLong(PlannedWrite::count).sum();
  }

  /** How large the eMMC has to be, in blocks: up to the last write and the last partition. */
  public long targetBlocks() {
    long written = writes.stream().mapToLong(PlannedWrite::end).max().orElse(0);
    return Math.max(written, partitions.stream().mapToLong(Partition::end).max().orElse(0));
  }

  /** A guess from the package's size alone, by the vendor's figure. */
  public Duration estimate() {
    return Duration.ofMillis(packageBytes * MILLIS_PER_MEGABYTE / MEGABYTE);
  }

  /** The writes of each partition, in order. */
  public Map<String, List<PlannedWrite>> byPartition() {
    Map<String, List<PlannedWrite>> groups = new LinkedHashMap<>();
    for (PlannedWrite write : writes) {
      groups.computeIfAbsent(write.partition(), name -> new ArrayList<>()).add(write);
    }
    return groups;
  }
}
