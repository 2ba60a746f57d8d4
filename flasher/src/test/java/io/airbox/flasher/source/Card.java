package io.airbox.flasher.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.tukaani.xz.XZInputStream;

/**
 * A card that mkfs.fat, mcopy and mkimage made, with a small package of 103 chunks; and its files
 * in every other form.
 */
public final class Card {
  private static final String IMAGE = "/io/airbox/flasher/source/card.img.xz";
  private static final int USED = 4 << 20;
  private static final Map<String, byte[]> FILES = new LinkedHashMap<>();
  private static byte[] unpacked = {};

  private Card() {}

  /** The image as it is kept: compressed with xz. */
  public static Path compressed(Path folder) throws IOException {
    try (InputStream in = resource()) {
      Path file = folder.resolve("card.img.xz");
      Files.copy(in, file);
      return file;
    }
  }

  /** The image's bytes as far as there are any files, fresh. */
  public static synchronized byte[] image() throws IOException {
    if (unpacked.length == 0) {
      try (InputStream in = new XZInputStream(resource())) {
        unpacked = in.readNBytes(USED);
      }
    }
    return unpacked.clone();
  }

  private static InputStream resource() {
    return Objects.requireNonNull(Card.class.getResourceAsStream(IMAGE));
  }

  /** Its files by name. */
  public static synchronized Map<String, byte[]> files() throws IOException {
    if (FILES.isEmpty()) {
      FILES.putAll(readFiles());
    }
    return new LinkedHashMap<>(FILES);
  }

  private static Map<String, byte[]> readFiles() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Path image = Files.createTempFile("card", ".img");
    try {
      Files.write(image, image());
      PackageSource.open(image)
          .visit(
              (path, bytes, content) -> {
                try (InputStream in = content.open()) {
                  files.put(path, in.readAllBytes());
                }
              });
    } finally {
      Files.delete(image);
    }
    return files;
  }

  public static Path folder(Path folder, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return folder;
  }

  public static Path zip(Path file, String prefix, Map<String, byte[]> files) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> each : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(prefix + each.getKey()));
        zip.write(each.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }

  public static Path tar(Path file, String prefix, Map<String, byte[]> files, boolean gzip)
      throws IOException {
    OutputStream out = Files.newOutputStream(file);
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(gzip ? new GZIPOutputStream(out) : out)) {
      for (Map.Entry<String, byte[]> each : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(prefix + each.getKey());
        entry.setSize(each.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(each.getValue());
        tar.closeArchiveEntry();
      }
    }
    return file;
  }
}
