package io.airbox.generation.memory;

import java.util.OptionalLong;

/**
 * One heap: what the loaded networks hold of it, by our own books, beside what the driver says.
 * What the driver does not tell is empty, never zero.
 *
 * @param heap its name: {@code npu}, {@code vpp}, {@code vpu}, {@code ram}
 * @param totalBytes its size
 * @param usedBytes what all processes together hold
 * @param availableBytes what can be had
 * @param oursBytes what the loaded networks hold
 * @param peakBytes the most that they held since the worker began
 */
public record HeapMemory(
    String heap,
    OptionalLong totalBytes,
    OptionalLong usedBytes,
    OptionalLong availableBytes,
    long oursBytes,
    long peakBytes) {
  /** What is used beside the loaded networks; empty when the driver does not tell what is used. */
  public OptionalLong othersBytes() {
    return usedBytes.isPresent()
        ? OptionalLong.of(Math.max(0, usedBytes.getAsLong() - oursBytes))
        : OptionalLong.empty();
  }
}
