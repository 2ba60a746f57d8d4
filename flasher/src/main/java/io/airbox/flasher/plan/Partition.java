package io.airbox.flasher.plan;

/**
 * A partition of the table that a package writes.
 *
 * @param number from 1
 * @param label its name in the table
 * @param firstBlock first block of 512 bytes
 * @param blocks number of blocks
 */
public record Partition(int number, String label, long firstBlock, long blocks) {
  /** The first block behind it. */
  public long end() {
    return firstBlock + blocks;
  }
}
