package io.airbox.generation.pack;

import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.Message;
import io.airbox.generation.pack.PackManifest.EngineFiles;
import io.airbox.generation.pack.PackManifest.NetworkFile;
import io.airbox.generation.pack.PackManifest.PackFile;
import io.airbox.generation.pack.PackManifest.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model pack on disk: its manifest and the folder that its files lie in. Opening one checks that
 * every file is there with the right length; {@link FileVerifier} checks what is in them.
 *
 * @param manifest the manifest
 * @param folder absolute path of the folder
 * @param digest SHA-256 of {@code pack.json}, hex; two packs with the same digest are the same pack
 */
public record ModelPack(PackManifest manifest, Path folder, String digest) {
  /** Name of the manifest's file. */
  public static final String MANIFEST = "pack.json";

  /**
   * Opens a folder.
   *
   * @throws GenerationException {@code INVALID_PACK}, naming every problem
   */
  public static ModelPack open(Path folder) {
    Opening opening = tryOpen(folder);
    if (opening.pack() == null) {
      throw new GenerationException(
          Reason.INVALID_PACK,
          folder.resolve(MANIFEST)
              + " cannot be used:\n"
              + PackProblem.describe(opening.problems()));
    }
    return opening.pack();
  }

  /** A pack, or why there is none. */
  record Opening(@Nullable ModelPack pack, List<PackProblem> problems) {
    private static Opening failed(String message) {
      return new Opening(null, List.of(new PackProblem("", message)));
    }
  }

  static Opening tryOpen(Path given) {
    Path folder = given.toAbsolutePath().normalize();
    Path file = folder.resolve(MANIFEST);
    byte[] json;
    try {
      if (!Files.isRegularFile(file)) {
        return Opening.failed("there is no file " + file);
      }
      if (Files.size(file) > ManifestReader.LONGEST) {
        return Opening.failed("is longer than " + ManifestReader.LONGEST + " bytes");
      }
      json = Files.readAllBytes(file);
    } catch (IOException e) {
      return Opening.failed("cannot be read: " + e);
    }
    ManifestReader.Reading reading = ManifestReader.read(json);
    PackManifest manifest = reading.manifest();
    if (manifest == null) {
      return new Opening(null, reading.problems());
    }
    ModelPack pack = new ModelPack(manifest, folder, Sha256.of(json));
    List<PackProblem> problems = new ArrayList<>();
    pack.files().forEach((pointer, packFile) -> pack.checkPresence(pointer, packFile, problems));
    @Nullable String notice = manifest.licence().notice();
    if (notice != null) {
      pack.checkInside("/licence/notice", notice, problems);
    }
    return problems.isEmpty() ? new Opening(pack, List.of()) : new Opening(null, problems);
  }

  /**
   * The files of an engine.
   *
   * @throws GenerationException {@code INVALID_PACK} if the pack has none
   */
  public EngineFiles engine(String id) {
    EngineFiles files = manifest.engines().get(id);
    if (files == null) {
      throw new GenerationException(
          Reason.INVALID_PACK,
          Message.of(
              "pack %s has no files for engine %s, only for %s",
              manifest.name(), id, String.join(", ", manifest.engines().keySet())));
    }
    return files;
  }

  /** Where a file of the pack lies. */
  public Path path(PackFile file) {
    return folder.resolve(file.file());
  }

  /** Every file with its place in the manifest. */
  Map<String, PackFile> files() {
    Map<String, PackFile> files = new LinkedHashMap<>();
    files.put("/text/tokenizer", manifest.text().tokenizer());
    for (String engine : manifest.engines().keySet()) {
      files.putAll(files(engine));
    }
    PackFile vocabulary = manifest.vocabulary();
    if (vocabulary != null) {
      files.put("/vocabulary", vocabulary);
    }
    return files;
  }

  /** The networks' files of one engine with their places in the manifest. */
  Map<String, PackFile> files(String engine) {
    Map<String, PackFile> files = new LinkedHashMap<>();
    EngineFiles engineFiles = engine(engine);
    for (Role role : Role.values()) {
      NetworkFile network = engineFiles.roles().get(role);
      if (network == null) {
        continue;
      }
      String pointer = "/engines/" + engine + "/roles/" + role.id();
      files.put(pointer, network.main());
      for (int i = 0; i < network.data().size(); i++) {
        files.put(pointer + "/data/" + i, network.data().get(i));
      }
    }
    return files;
  }

  private void checkPresence(String pointer, PackFile file, List<PackProblem> problems) {
    if (!checkInside(pointer + "/file", file.file(), problems)) {
      return;
    }
    try {
      long bytes = Files.size(path(file));
      if (bytes != file.bytes()) {
        problems.add(
            new PackProblem(
                pointer + "/bytes",
                Message.of(
                    "%s has %d bytes instead of %d; copy the pack again",
                    file.file(), bytes, file.bytes())));
      }
    } catch (IOException e) {
      problems.add(new PackProblem(pointer + "/file", file.file() + " cannot be read: " + e));
    }
  }

  private boolean checkInside(String pointer, String file, List<PackProblem> problems) {
    Path path = folder.resolve(file);
    try {
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        problems.add(new PackProblem(pointer, file + " is missing from " + folder));
      } else if (!path.toRealPath().startsWith(folder.toRealPath())) {
        problems.add(new PackProblem(pointer, file + " is a link that leads out of the pack"));
      } else if (!Files.isRegularFile(path)) {
        problems.add(new PackProblem(pointer, file + " is not a regular file"));
      } else {
        return true;
      }
    } catch (IOException e) {
      problems.add(new PackProblem(pointer, file + " cannot be read: " + e));
    }
    return false;
  }
}
