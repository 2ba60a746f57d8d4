package io.airbox.generation.memory;

import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackManifest;
import io.airbox.generation.pack.PackManifest.EngineFiles;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.PackFile;
import io.airbox.generation.pack.PackManifest.Role;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Packs for {@link FakeEngine}: manifests without files. */
final class ShelfPacks {
  static final List<Role> ROLES = List.of(Role.TEXT_ENCODER, Role.UNET, Role.VAE_DECODER);

  private static final PackManifest ANY =
      ModelPack.open(Path.of(System.getProperty("airbox.root"), "models", "default")).manifest();

  private ShelfPacks() {}

  /**
   * A pack whose networks have these files, in the order of the roles: three, or four with an
   * encoder. The same name is the same content.
   */
  static ModelPack pack(String name, String version, String... files) {
    return pack(Path.of("/packs"), "fake", name, version, files);
  }

  /** A pack for another engine, in a folder of its own below {@code packs}. */
  static ModelPack pack(Path packs, String engine, String name, String version, String... files) {
    Map<Role, NetworkFile> roles = new EnumMap<>(Role.class);
    for (int i = 0; i < files.length; i++) {
      PackFile main = new PackFile(files[i], files[i], FakeEngine.size(files[i]));
      roles.put(Role.values()[i], new NetworkFile(main, List.of(), 0));
    }
    PackManifest manifest =
        new PackManifest(
            name,
            version,
            ANY.title(),
            ANY.description(),
            ANY.licence(),
            ANY.text(),
            ANY.latent(),
            ANY.schedule(),
            ANY.guidance(),
            ANY.sizes(),
            ANY.presets(),
            Map.of(engine, new EngineFiles("", roles)),
            null,
            null);
    return new ModelPack(manifest, packs.resolve(name), name + version);
  }

  /** A pack of three networks that need so much together, with files of its own. */
  static ModelPack pack(String name, long bytes) {
    return pack(name, "1.0.0", "1-text-" + name, (bytes - 2) + "-unet-" + name, "1-vae-" + name);
  }
}
