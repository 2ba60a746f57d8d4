package io.airbox.daemon.config;

import io.airbox.generation.memory.MemoryPolicy;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How much memory loaded packs may take.
 *
 * @param limit of what the loaded packs of an engine need together; null for all that its heaps
 *     have
 * @param headroom what stays free of the heaps when a pack is loaded
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

  /** The same for the worker. */
  public MemoryPolicy policy() {
    return new MemoryPolicy(
        limit == null ? OptionalLong.empty() : OptionalLong.of(limit.bytes()), headroom.bytes());
  }
}
