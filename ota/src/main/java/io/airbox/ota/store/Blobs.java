package io.airbox.ota.store;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.release.Release;
import io.airbox.ota.release.ReleaseFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/** Files by what is in them, and how a pack's folder is made of them. */
final class Blobs {
  private final StoreFiles files;
  private final Disk disk;

  Blobs(StoreFiles files, Disk disk) {
    this.files = files;
    this.disk = disk;
  }

  /** A release's files, each content once. */
  static Collection<ReleaseFile> distinct(Release release) {
    Map<String, ReleaseFile> distinct = new LinkedHashMap<>();
    for (ReleaseFile file : release.files()) {
      ReleaseFile same = distinct.putIfAbsent(file.sha256(), file);
      if (same != null && same.size() != file.size()) {
        throw new UpdateException(
            Reason.MALFORMED,
            same.path() + " and " + file.path() + " have one SHA-256 and different sizes");
      }
    }
    return distinct.values();
  }

  private boolean isThere(ReleaseFile file) throws IOException {
    Path blob = files.blob(file.sha256());
    return Files.isRegularFile(blob) && Files.size(blob) == file.size();
  }

  /** Bytes of a release that are still to be written. */
  long missing(Release release) throws IOException {
    long missing = 0;
    for (ReleaseFile file : distinct(release)) {
      if (!isThere(file)) {
        Path part = files.part(file.sha256());
        long here = Files.isRegularFile(part) ? Math.min(Files.size(part), file.size()) : 0;
        missing += file.size() - here;
      }
    }
    return missing;
  }

  /**
   * Sees to it that a file is here and is what was signed. One that is here is read, and brought
   * anew when it is damaged.
   *
   * @param progress gets how many of its bytes are here
   * @throws UpdateException what the source refuses, {@code WRONG_CONTENT}
   */
  void obtain(ReleaseFile file, FileSource source, LongConsumer progress)
      throws IOException, InterruptedException {
    Path blob = files.blob(file.sha256());
    if (isThere(file)) {
      if (Sha256.of(blob, progress).equals(file.sha256())) {
        return;
      }
      disk.delete(blob); // damaged; folders that name it keep what they have
    }
    try (Part part = new Part(disk, files.parts(), file, progress)) {
      fill(part, file, source);
      part.sync(); // also what a process that was killed has left in the cache
    }
    Path unfinished = files.part(file.sha256());
    disk.makeReadOnly(unfinished);
    disk.move(unfinished, blob);
    disk.sync(files.blobs());
    disk.sync(files.parts());
  }

  private static void fill(Part part, ReleaseFile file, FileSource source)
      throws IOException, InterruptedException {
    while (true) {
      boolean resumed = part.isResumed();
      if (part.missing() > 0) {
        source.bring(file, part);
      }
      if (part.missing() > 0) {
        throw new UpdateException(
            Reason.WRONG_CONTENT,
            source.place()
                + " has "
                + part.length()
                + " bytes of "
                + file.path()
                + ", signed are "
                + file.size());
      }
      String sha256 = part.sha256();
      if (sha256.equals(file.sha256())) {
        return;
      }
      part.startOver();
      // what an earlier attempt left may be to blame, or another place that it came from
      if (!resumed && !source.refused(file)) {
        throw new UpdateException(
            Reason.WRONG_CONTENT,
            file.path()
                + " from "
                + source.place()
                + " is not what was signed: its SHA-256 is "
                + sha256
                + ", signed is "
                + file.sha256());
      }
    }
  }

  /**
   * Makes the folder of a release out of blobs; it is whole or not there.
   *
   * @throws UpdateException {@code UNSUITABLE_DISK}
   */
  void assemble(Release release, Path folder) throws IOException {
    Path unfinished = folder.resolveSibling(folder.getFileName() + StoreFiles.UNFINISHED);
    files.deleteTree(unfinished);
    disk.createFolder(unfinished);
    TreeSet<Path> folders = new TreeSet<>();
    folders.add(unfinished);
    for (ReleaseFile file : release.files()) {
      Path name = unfinished.resolve(file.path());
      makeFoldersOf(name, unfinished, folders);
      try {
        disk.link(files.blob(file.sha256()), name);
      } catch (UnsupportedOperationException e) {
        throw new UpdateException(
            Reason.UNSUITABLE_DISK,
            files.models()
                + " is on a file system that has no hard links; name a folder on another one with"
                + " --models",
            e);
      }
    }
    for (Path each : folders.descendingSet()) {
      disk.sync(each);
    }
    files.deleteTree(folder); // a folder cannot take the place of one
    disk.move(unfinished, folder);
    disk.sync(files.pack(release.pack()));
  }

  private void makeFoldersOf(Path file, Path top, Set<Path> made) throws IOException {
    Path folder = file.getParent();
    if (folder != null && !folder.equals(top) && made.add(folder)) {
      makeFoldersOf(folder, top, made);
      disk.createFolder(folder);
    }
  }

  /** Whether a folder has every file of a release, as the blob of that name. */
  boolean isAssembled(Release release, Path folder) throws IOException {
    for (ReleaseFile file : release.files()) {
      Path name = folder.resolve(file.path());
      if (!Files.isRegularFile(name) || !Files.isSameFile(name, files.blob(file.sha256()))) {
        return false;
      }
    }
    return true;
  }
}
