package io.airbox.generation.pack;

import io.airbox.generation.ClosestName;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The packs of one or more folders, each pack in a folder of its own below: {@code
 * models/<any>/pack.json}. A broken pack is kept with its problems and does not hide the good ones.
 * Thread-safe; {@link #rescan()} looks again.
 *
 * <p>A pack that was installed by signed release is a link into a store of releases, and lies where
 * that leads: the link may be turned to another release while this one is used.
 */
public final class PackFolder {
  /** Where links of packs lead, below their folder, that were installed by signed release. */
  private static final Path RELEASES = Path.of(".store");

  private final List<Path> roots;
  private volatile Contents contents;

  /**
   * What was found.
   *
   * @param signs the manifests' places, times and lengths
   */
  private record Contents(List<ModelPack> packs, List<BrokenPack> broken, List<String> signs) {}

  /**
   * A folder with a {@code pack.json} that cannot be used.
   *
   * @param folder where it lies
   * @param problems everything that is wrong
   */
  public record BrokenPack(Path folder, List<PackProblem> problems) {
    public BrokenPack {
      problems = List.copyOf(problems);
    }

    @Override
    public String toString() {
      return folder + " cannot be used:\n" + PackProblem.describe(problems);
    }
  }

  private PackFolder(List<Path> roots) {
    this.roots = List.copyOf(roots);
    this.contents = scan(this.roots);
  }

  /**
   * Looks into folders. A folder that does not exist counts as empty.
   *
   * @param roots folders of packs; where two packs have the same name, the earlier folder's is
   *     used, unless the later one was installed by signed release: that takes its place, until it
   *     is removed
   */
  public static PackFolder open(Path... roots) {
    return new PackFolder(List.of(roots));
  }

  /** Looks again, for packs that came, went or changed. */
  public void rescan() {
    contents = scan(roots);
  }

  /**
   * Looks again if a manifest came, went or changed, or while a pack is broken, since its files may
   * still be on their way. Costs a listing of the folders otherwise.
   */
  public void refresh() {
    Contents now = contents;
    if (!now.broken().isEmpty() || !now.signs().equals(signs(folders(roots, new ArrayList<>())))) {
      rescan();
    }
  }

  /** The usable packs, ordered by folder; the first is the default. */
  public List<ModelPack> packs() {
    return contents.packs();
  }

  /** The packs that cannot be used. */
  public List<BrokenPack> broken() {
    return contents.broken();
  }

  /**
   * The pack of that name, also when it was installed just now.
   *
   * @throws GenerationException {@code UNKNOWN_PACK} with the names there are, or with its problems
   *     when the pack is there but broken
   */
  public ModelPack find(String name) {
    refresh();
    Contents now = contents;
    List<String> names = new ArrayList<>();
    for (ModelPack pack : now.packs()) {
      if (pack.manifest().name().equals(name)) {
        return pack;
      }
      names.add(pack.manifest().name());
    }
    for (BrokenPack pack : now.broken()) {
      if (String.valueOf(pack.folder().getFileName()).equals(name)) {
        throw new GenerationException(
            Reason.INVALID_PACK,
            Message.of(
                "pack %s in %s cannot be used:\n%s",
                name, pack.folder(), PackProblem.describe(pack.problems())));
      }
    }
    throw new GenerationException(
        Reason.UNKNOWN_PACK,
        "pack",
        Message.of(
            "there is no pack \"%s\"; installed: %s.%s",
            name,
            names.isEmpty() ? "none" : String.join(", ", names),
            ClosestName.hint(name, names)),
        null);
  }

  /**
   * The pack used when a request names none.
   *
   * @throws GenerationException {@code UNKNOWN_PACK} if there is no usable pack
   */
  public ModelPack defaultPack() {
    Contents now = contents;
    if (now.packs().isEmpty()) {
      throw new GenerationException(
          Reason.UNKNOWN_PACK,
          "pack",
          Message.of(
              "no usable pack in %s%s",
              roots.stream().map(Path::toString).collect(Collectors.joining(" or ")),
              now.broken().isEmpty()
                  ? ""
                  : ":\n"
                      + now.broken().stream()
                          .map(BrokenPack::toString)
                          .collect(Collectors.joining("\n"))),
          null);
    }
    return now.packs().get(0);
  }

  private static Contents scan(List<Path> roots) {
    List<ModelPack> packs = new ArrayList<>();
    List<BrokenPack> broken = new ArrayList<>();
    List<Path> folders = folders(roots, broken);
    List<String> signs = signs(folders); // before looking: what changes meanwhile is seen next time
    for (Path folder : folders) {
      ModelPack.Opening opening = ModelPack.tryOpen(place(folder));
      ModelPack pack = opening.pack();
      if (pack == null) {
        broken.add(new BrokenPack(folder, opening.problems()));
        continue;
      }
      int other = indexOf(packs, pack.manifest().name());
      if (other < 0) {
        packs.add(pack);
      } else if (isRelease(folder)) {
        packs.set(other, pack);
      } else {
        broken.add(
            new BrokenPack(folder, List.of(taken(pack.manifest().name(), packs.get(other)))));
      }
    }
    return new Contents(List.copyOf(packs), List.copyOf(broken), signs);
  }

  private static int indexOf(List<ModelPack> packs, String name) {
    for (int i = 0; i < packs.size(); i++) {
      if (packs.get(i).manifest().name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isRelease(Path folder) {
    try {
      return Files.isSymbolicLink(folder) && Files.readSymbolicLink(folder).startsWith(RELEASES);
    } catch (IOException turnedJustNow) {
      return false;
    }
  }

  /** Where a pack lies. */
  private static Path place(Path folder) {
    try {
      return isRelease(folder) ? folder.toRealPath() : folder;
    } catch (IOException gone) {
      return folder;
    }
  }

  private static List<String> signs(List<Path> folders) {
    return folders.stream().map(folder -> sign(place(folder).resolve(ModelPack.MANIFEST))).toList();
  }

  private static String sign(Path manifest) {
    try {
      return manifest + " " + Files.getLastModifiedTime(manifest) + " " + Files.size(manifest);
    } catch (IOException e) {
      return manifest + " " + e;
    }
  }

  private static PackProblem taken(String name, ModelPack other) {
    return new PackProblem(
        "/name", "\"" + name + "\" is the name of the pack in " + other.folder() + " already");
  }

  private static List<Path> folders(List<Path> roots, List<BrokenPack> broken) {
    List<Path> folders = new ArrayList<>();
    for (Path root : roots) {
      if (!Files.isDirectory(root)) {
        continue;
      }
      try (Stream<Path> entries = Files.list(root)) {
        entries
            .filter(entry -> Files.exists(entry.resolve(ModelPack.MANIFEST)))
            .sorted()
            .forEach(folders::add);
      } catch (IOException e) {
        broken.add(new BrokenPack(root, List.of(new PackProblem("", "cannot be listed: " + e))));
      }
    }
    return folders;
  }
}
