package io.airbox.generation.memory;

import java.util.OptionalLong;

/**
 * How much of an engine's heaps packs may fill.
 *
 * @param limitBytes most that the loaded packs of an engine may need together; empty for what the
 *     heaps have
 * @param headroomBytes what is to stay free on the heaps, for whoever else uses the device
 */
public record MemoryPolicy(OptionalLong limitBytes, long headroomBytes) {
  /** Head-room when nobody chose one. */
  public static final long DEFAULT_HEADROOM = 64L << 20;

  /** No limit but the heaps themselves, with the usual head-room. */
  public static final MemoryPolicy DEFAULT =
      new MemoryPolicy(OptionalLong.empty(), DEFAULT_HEADROOM);

  public MemoryPolicy {
    if (limitBytes.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "a limit must be at least 1 byte, is " + limitBytes.getAsLong());
    }
    if (headroomBytes < 0) {
      throw new IllegalArgumentException("head-room must not be negative, is " + headroomBytes);
    }
  }
}
