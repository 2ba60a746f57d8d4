package io.airbox.daemon.updates;

import io.airbox.generation.memory.PackMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.tinylog.Logger;

/** Where packs lie that were installed by release, seen from outside of the store. */
final class StoreLayout {
  private StoreLayout() {}

  /** A release's folder. */
  static Path folder(Path models, String pack, String edition) {
    return models.resolve(".store").resolve("packs").resolve(pack).resolve(edition);
  }

  /** The folders of loaded packs, known by the digests of their manifests. */
  static Set<Path> folders(Path models, List<PackMemory> loaded) {
    Set<Path> folders = new HashSet<>();
    for (PackMemory pack : loaded) {
      Path editions = models.resolve(".store").resolve("packs").resolve(pack.name());
      if (!Files.isDirectory(editions)) {
        continue;
      }
      try (Stream<Path> all = Files.list(editions)) {
        for (Path folder : all.filter(Files::isDirectory).toList()) {
          Path manifest = folder.resolve("pack.json");
          if (Files.isRegularFile(manifest) && sha256(manifest).equals(pack.digest())) {
            folders.add(folder);
          }
        }
      } catch (IOException e) {
        Logger.debug("{}: {}", editions, e.toString());
      }
    }
    return folders;
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }
}
