package io.airbox.generation.memory;

import io.airbox.generation.engine.Holding;
import java.util.List;

/**
 * What a loaded network holds.
 *
 * @param role what it is for, an id of {@code PackManifest.Role}: {@code unet}
 * @param file its file's name in the pack
 * @param shared whether another loaded pack uses the same network, so that unloading this pack
 *     alone does not give it back
 * @param holdings its pieces
 */
public record NetworkMemory(String role, String file, boolean shared, List<Holding> holdings) {
  public NetworkMemory {
    holdings = List.copyOf(holdings);
  }

  /** The sum of its pieces. */
  public long bytes() {
    return holdings.stream().mapToLong(Holding::bytes).sum();
  }
}
