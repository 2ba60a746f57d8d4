package io.airbox.generation.memory;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.Message;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.MemoryNeed;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.PackFile;
import io.airbox.generation.pack.PackManifest.Role;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A network that somebody wants to have loaded.
 *
 * @param need by the manifest and the file, whichever says more
 */
record Wanted(Role role, NetworkKey key, Path path, String file, MemoryNeed need) {
  /**
   * What a pack has for a role.
   *
   * @throws GenerationException {@code INVALID_PACK} if it has nothing, or nothing that the engine
   *     can load
   */
  static Wanted of(ModelPack pack, Engine engine, Role role) {
    NetworkFile file = pack.engine(engine.id()).roles().get(role);
    if (file == null) {
      throw new GenerationException(
          Reason.INVALID_PACK,
          Message.of(
              "pack %s has no %s for engine %s", pack.manifest().name(), role.id(), engine.id()));
    }
    Path path = pack.path(file.main());
    try {
      return new Wanted(
          role,
          NetworkKey.of(engine.id(), file),
          path,
          file.main().file(),
          need(file, engine.need(path)));
    } catch (GenerationException e) {
      throw unloadable(pack, role, file.main().file(), e);
    }
  }

  static GenerationException unloadable(
      ModelPack pack, Role role, String file, GenerationException why) {
    return new GenerationException(
        why.reason(),
        Message.of(
            "%s (%s) of pack %s cannot be loaded: %s",
            role.id(), file, pack.manifest().name(), why.getMessage()),
        why);
  }

  private static MemoryNeed need(NetworkFile file, Optional<MemoryNeed> told) {
    long declared = file.memory();
    if (told.isEmpty() && declared == 0) {
      // without a word from anybody, at least the weights will be there
      declared = file.main().bytes() + file.data().stream().mapToLong(PackFile::bytes).sum();
    }
    long total = Math.max(declared, told.map(MemoryNeed::totalBytes).orElse(0L));
    return new MemoryNeed(total, told.map(MemoryNeed::largestBlockBytes).orElse(0L));
  }
}
