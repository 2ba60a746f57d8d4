package io.airbox.sophon;

/**
 * One input or output of a network.
 *
 * @param scale quantisation: value = (element - zeroPoint) * scale; 1 for float types
 * @param maxBytes what the largest stage needs
 */
public record TensorSpec(String name, DataType type, float scale, int zeroPoint, long maxBytes) {}
