package io.airbox.generation.engine;

/**
 * A piece of memory that a loaded network holds.
 *
 * @param heap where it lies, a name of {@link HeapState}
 * @param purpose what for: {@code weights}, {@code instructions}, {@code activations}, {@code input
 *     sample}
 * @param bytes its size
 */
public record Holding(String heap, String purpose, long bytes) {}
