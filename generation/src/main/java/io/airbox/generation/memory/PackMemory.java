package io.airbox.generation.memory;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * A loaded pack.
 *
 * @param name the pack's name
 * @param version the pack's version
 * @param digest SHA-256 of its manifest, hex
 * @param engine the engine that its networks are loaded in
 * @param pinned whether it stays until somebody unpins or unloads it
 * @param running whether a request uses it now
 * @param declaredBytes what its loaded networks need by manifest and files
 * @param measuredBytes by how much the heaps grew when they were loaded; empty when the driver does
 *     not tell, or when other programs blurred it
 * @param lastUsed when a request last began or ended with it, or when it was loaded
 * @param networks the networks that are loaded
 */
public record PackMemory(
    String name,
    String version,
    String digest,
    String engine,
    boolean pinned,
    boolean running,
    long declaredBytes,
    OptionalLong measuredBytes,
    Instant lastUsed,
    List<NetworkMemory> networks) {
  public PackMemory {
    networks = List.copyOf(networks);
  }

  /** What its networks hold, those shared with other packs included. */
  public long bytes() {
    return networks.stream().mapToLong(NetworkMemory::bytes).sum();
  }
}
