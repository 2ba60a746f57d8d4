package io.airbox.daemon.config;

import org.jspecify.annotations.Nullable;

/**
 * How much memory loaded packs may take.
 *
 * @param limit of each heap, what other processes hold included; null for all that it has
 * @param headroom what stays free of it when a pack is loaded
 */
public record MemoryConfig(@Nullable DataSize limit, DataSize headroom) {
  private static final DataSize NOTHING = new DataSize(0);
  private static final DataSize LEAST = new DataSize(1L << 20);
  private static final DataSize MOST = new DataSize(100_000L << 30);

  static MemoryConfig read(SettingsReader settings) {
    return new MemoryConfig(
        settings.optionalSize("memory.limit", LEAST, MOST),
        settings.size("memory.headroom", NOTHING, MOST));
  }
}
