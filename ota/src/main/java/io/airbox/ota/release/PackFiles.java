package io.airbox.ota.release;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of a pack in a folder, but for {@link #DOCUMENT}, and whether they are those of a
 * release. Only reads.
 */
public final class PackFiles {
  /** The signed release may lie under this name beside its files, and is none of them. */
  public static final String DOCUMENT = "release.json";

  private static final int BUFFER = 1 << 20;

  private PackFiles() {}

  /**
   * Lists a folder for a release, by path.
   *
   * @param progress gets the bytes read so far
   * @throws UpdateException {@code MALFORMED} for a name that releases do not take, {@code
   *     WRONG_CONTENT} for a link or a special file
   * @throws IOException the folder cannot be read
   */
  public static List<ReleaseFile> list(Path folder, LongConsumer progress) throws IOException {
    List<ReleaseFile> files = new ArrayList<>();
    long read = 0;
    for (Path file : regular(folder)) {
      long before = read;
      String digest = sha256(file, bytes -> progress.accept(before + bytes));
      long size = Files.size(file);
      read += size;
      files.add(new ReleaseFile(name(folder, file), size, digest));
    }
    return List.copyOf(files);
  }

  /**
   * Demands that a folder holds a release's files and nothing else. Lengths are compared before
   * anything is read.
   *
   * @param progress gets the bytes read so far
   * @throws UpdateException {@code WRONG_CONTENT}, naming the first file that differs
   * @throws IOException the folder cannot be read
   */
  public static void verify(Release release, Path folder, LongConsumer progress)
      throws IOException {
    compare(release, folder);
    long read = 0;
    for (ReleaseFile promise : release.files()) {
      Path file = folder.resolve(promise.path());
      long before = read;
      String digest = sha256(file, bytes -> progress.accept(before + bytes));
      read += promise.size();
      if (!digest.equals(promise.sha256())) {
        throw wrong(
            file
                + " is not what was signed: its SHA-256 is "
                + digest
                + ", signed is "
                + promise.sha256());
      }
    }
  }

  /**
   * Demands that a folder holds files of a release's names and lengths and nothing else; reads none
   * of them.
   *
   * @throws UpdateException {@code WRONG_CONTENT}, naming the first file that differs
   * @throws IOException the folder cannot be read
   */
  public static void compare(Release release, Path folder) throws IOException {
    Set<String> promised =
        release.files().stream().map(ReleaseFile::path).collect(Collectors.toSet());
    for (Path file : regular(folder)) {
      if (!promised.contains(name(folder, file))) {
        throw wrong(folder + " holds " + name(folder, file) + ", which the release does not name");
      }
    }
    for (ReleaseFile promise : release.files()) {
      Path file = folder.resolve(promise.path());
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw wrong(folder + " lacks " + promise.path());
      }
      if (Files.size(file) != promise.size()) {
        throw wrong(file + " has " + Files.size(file) + " bytes, signed are " + promise.size());
      }
    }
  }

  private static UpdateException wrong(String message) {
    return new UpdateException(Reason.WRONG_CONTENT, message);
  }

  private static List<Path> regular(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files =
          all.filter(each -> !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))
              .filter(each -> !each.equals(folder.resolve(DOCUMENT)))
              .sorted()
              .toList();
    }
    for (Path file : files) {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw wrong(file + " is a link or a special file; a release holds files only");
      }
    }
    return files;
  }

  private static String name(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private static String sha256(Path file, LongConsumer progress) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER];
      long sum = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        sum += n;
        progress.accept(sum);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (GeneralSecurityException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }
}
