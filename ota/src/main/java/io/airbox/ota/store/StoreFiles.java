package io.airbox.ota.store;

import io.airbox.ota.UpdateException;
import io.airbox.ota.document.StrictJson;
import io.airbox.ota.release.Release;
import io.airbox.ota.signing.Envelope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where things lie in a store, and documents that are the one before or the new one.
 *
 * <pre>
 * MODELS/NAME                          link to the folder that answers
 * MODELS/.store/blobs/SHA256           files, read-only
 * MODELS/.store/parts/SHA256           files that are not whole yet
 * MODELS/.store/packs/NAME/slots.json
 * MODELS/.store/packs/NAME/EDITION/    a pack's folder; its files are names of blobs
 * MODELS/.store/packs/NAME/EDITION.release.json
 * MODELS/.store/journal.json           the installation under way
 * </pre>
 */
final class StoreFiles {
  static final String ROOT = ".store";
  static final String UNFINISHED = ".tmp";
  private static final String RELEASE = ".release.json";
  private static final int LONGEST = 64 << 10;

  private final Path models;
  private final Disk disk;

  StoreFiles(Path models, Disk disk) {
    this.models = models;
    this.disk = disk;
  }

  Path models() {
    return models;
  }

  Path root() {
    return models.resolve(ROOT);
  }

  Path blobs() {
    return root().resolve("blobs");
  }

  Path blob(String sha256) {
    return blobs().resolve(sha256);
  }

  Path parts() {
    return root().resolve("parts");
  }

  Path part(String sha256) {
    return parts().resolve(sha256);
  }

  Path packs() {
    return root().resolve("packs");
  }

  Path pack(String name) {
    return packs().resolve(name);
  }

  Path slots(String name) {
    return pack(name).resolve("slots.json");
  }

  Path folder(String name, String edition) {
    return pack(name).resolve(edition);
  }

  Path release(String name, String edition) {
    return pack(name).resolve(edition + RELEASE);
  }

  Path journal() {
    return root().resolve("journal.json");
  }

  Path link(String name) {
    return models.resolve(name);
  }

  /** Where a pack's link leads when this edition is current. */
  static Path linkTarget(String name, String edition) {
    return Path.of(ROOT, "packs", name, edition);
  }

  /** The edition of a signed text's file; empty for another file. */
  static Optional<String> editionOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(RELEASE)
        ? Optional.of(name.substring(0, name.length() - RELEASE.length()))
        : Optional.empty();
  }

  /** Names in a folder, sorted; none when it is missing. */
  static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }

  /**
   * A document; empty when there is none.
   *
   * @throws UpdateException it is damaged
   */
  static <T> Optional<T> read(Path file, Class<T> type) throws IOException {
    byte[] json;
    try {
      json = Files.readAllBytes(file);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
    return Optional.of(StrictJson.read(json, type, file.toString(), LONGEST));
  }

  /**
   * The signed text of an edition.
   *
   * @throws UpdateException it is damaged
   */
  Release signedText(String name, String edition) throws IOException {
    Path file = release(name, edition);
    return Release.read(Envelope.parse(Files.readAllBytes(file), file.toString()).payload());
  }

  Slots slotsOf(String name) throws IOException {
    return read(slots(name), Slots.class).orElse(Slots.EMPTY);
  }

  /** Puts a document in the place of the one before it; it is on the disk when this returns. */
  void replace(Path file, byte[] content) throws IOException {
    disk.replace(file, content);
  }

  void replace(Path file, Object document) throws IOException {
    replace(file, StrictJson.write(document));
  }

  /** Makes a folder and has its name on the disk. */
  void makeFolder(Path folder) throws IOException {
    disk.createFolder(folder);
    disk.sync(folderOf(folder));
  }

  /** Deletes a file and has that on the disk. */
  void forget(Path file) throws IOException {
    disk.delete(file);
    disk.sync(folderOf(file));
  }

  /** Deletes a folder with all that is in it; the caller synchronizes the one above. */
  void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> tree = Files.walk(folder)) {
      all = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      disk.delete(each);
    }
  }

  private static Path folderOf(Path path) {
    Path folder = path.getParent();
    if (folder == null) {
      throw new IllegalArgumentException(path + " has no folder");
    }
    return folder;
  }
}
