package io.airbox.generation.engine;

/**
 * How full a region of memory is, in bytes, counting what every process holds.
 *
 * @param heap its name: {@code npu}, {@code vpp}, {@code vpu} on a TPU, {@code ram} on a CPU
 * @param totalBytes its size
 * @param usedBytes what is taken
 * @param availableBytes what can be had; with {@code usedBytes} at most the total
 */
public record HeapState(String heap, long totalBytes, long usedBytes, long availableBytes) {}
