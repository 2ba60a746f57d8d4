package io.airbox.generation.engine;

/**
 * Memory that loading and running a network takes.
 *
 * @param totalBytes all of it, over all heaps
 * @param largestBlockBytes the largest part that must lie in one heap in one piece, at most the
 *     total
 */
public record MemoryNeed(long totalBytes, long largestBlockBytes) {
  public MemoryNeed {
    if (totalBytes < 0 || largestBlockBytes < 0 || largestBlockBytes > totalBytes) {
      throw new IllegalArgumentException(
          "a need of " + totalBytes + " bytes, " + largestBlockBytes + " of them in one piece");
    }
  }
}
