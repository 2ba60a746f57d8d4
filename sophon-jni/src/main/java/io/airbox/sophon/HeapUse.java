package io.airbox.sophon;

/**
 * How full one heap is, in bytes, counting what every process holds.
 *
 * <p>{@code availableBytes} is the free sum; a single buffer may find less because of
 * fragmentation.
 */
public record HeapUse(Heap heap, long totalBytes, long usedBytes, long availableBytes) {}
