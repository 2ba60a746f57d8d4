package io.airbox.netplan.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.document.NetplanFile.Folder;
import io.airbox.netplan.yaml.YamlDocument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The files of a tree, by netplan's rules: {@code run} hides {@code etc} hides {@code lib}. */
final class NetplanTree {
  private static final int MOST_FILES = 500;
  private static final String SUFFIX = ".yaml";

  private NetplanTree() {}

  /**
   * All files, sorted by name, then folder; too large ones with one byte more than is allowed.
   *
   * @throws NetplanException {@code UNREADABLE}
   */
  static List<NetplanFile> read(Path sysroot) {
    List<NetplanFile> files = new ArrayList<>();
    for (Folder folder : Folder.values()) {
      Path path = sysroot.resolve(folder.path());
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
        for (Path entry : entries) {
          String name = entry.getFileName().toString();
          // netplan's pattern is the shell's: names with a leading dot do not match
          if (name.endsWith(SUFFIX) && !name.startsWith(".") && Files.isRegularFile(entry)) {
            files.add(new NetplanFile(folder, name, bytes(entry), false));
          }
          if (files.size() > MOST_FILES) {
            throw new NetplanException(
                NetplanException.Reason.UNREADABLE,
                path + " holds more than " + MOST_FILES + " .yaml files; remove some");
          }
        }
      } catch (NoSuchFileException | NotDirectoryException absent) {
        // no folder, no files
      } catch (IOException e) {
        throw new NetplanException(
            NetplanException.Reason.UNREADABLE, path + " cannot be read: " + e, e);
      }
    }
    return ordered(files);
  }

  /** Sorted by name, then folder, with those hidden that have a namesake in a later folder. */
  static List<NetplanFile> ordered(List<NetplanFile> files) {
    Map<String, Folder> shown = new HashMap<>();
    for (NetplanFile file : files) {
      shown.merge(file.name(), file.folder(), (a, b) -> a.compareTo(b) > 0 ? a : b);
    }
    return files.stream()
        .map(
            file ->
                new NetplanFile(
                    file.folder(),
                    file.name(),
                    file.bytes(),
                    shown.get(file.name()) != file.folder()))
        .sorted(Comparator.comparing(NetplanFile::name).thenComparing(NetplanFile::folder))
        .toList();
  }

  /** SHA-256 over paths and bytes, each with its length before it. */
  static String fingerprint(List<NetplanFile> files) {
    MessageDigest digest = sha256();
    for (NetplanFile file : files) {
      byte[] bytes = file.bytes();
      digest.update((file.path() + "\n" + bytes.length + "\n").getBytes(UTF_8));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(YamlDocument.MOST_BYTES + 1);
    }
  }
}
