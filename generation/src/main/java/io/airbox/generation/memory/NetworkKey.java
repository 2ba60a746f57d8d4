package io.airbox.generation.memory;

import io.airbox.generation.pack.PackManifest.NetworkFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells networks apart: packs that have the same file for a role, as fine-tuned models often share
 * a text encoder and an autoencoder, share the loaded network.
 *
 * @param engine id of the engine
 * @param content SHA-256 of its files, the graph's first
 */
record NetworkKey(String engine, String content) {
  static NetworkKey of(String engine, NetworkFile file) {
    return new NetworkKey(
        engine,
        Stream.concat(Stream.of(file.main()), file.data().stream())
            .map(part -> part.sha256())
            .collect(Collectors.joining(" ")));
  }
}
