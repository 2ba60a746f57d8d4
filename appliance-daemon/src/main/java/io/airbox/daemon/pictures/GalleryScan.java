package io.airbox.daemon.pictures;

import io.airbox.daemon.storage.DurableFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Looks through the gallery's folder at start, by names and sizes only, so that many pictures cost
 * little; the content of a metadata file is checked when it is asked for.
 */
final class GalleryScan {
  static final String PNG = ".png";
  static final String METADATA = ".json";
  private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

  private final NavigableMap<PictureId, StoredFiles> pictures = new TreeMap<>();
  private final List<String> findings = new ArrayList<>();

  private GalleryScan() {}

  /**
   * Scans.
   *
   * @throws IOException the folder itself cannot be listed
   */
  static GalleryScan of(Path folder) throws IOException {
    GalleryScan scan = new GalleryScan();
    try (DirectoryStream<Path> days = Files.newDirectoryStream(folder)) {
      for (Path day : days) {
        if (!Files.isDirectory(day) || !DAY.matcher(name(day)).matches()) {
          scan.findings.add(day + " is not part of the gallery; left alone");
          continue;
        }
        try {
          scan.day(day);
        } catch (IOException unreadable) {
          scan.findings.add(day + " cannot be read and is left out: " + unreadable);
        }
      }
    }
    return scan;
  }

  NavigableMap<PictureId, StoredFiles> pictures() {
    return pictures;
  }

  List<String> findings() {
    return findings;
  }

  private void day(Path day) throws IOException {
    Map<PictureId, Path> images = new HashMap<>();
    Map<PictureId, Path> metadata = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(day)) {
      for (Path file : files) {
        sort(file, images, metadata);
      }
    }
    for (Map.Entry<PictureId, Path> entry : metadata.entrySet()) {
      Path image = images.remove(entry.getKey());
      if (image == null) {
        findings.add(entry.getValue() + " has no picture beside it; left out");
      } else {
        pair(entry.getKey(), image, entry.getValue());
      }
    }
    for (Path image : images.values()) {
      remove(image, "was being saved or deleted when the power went");
    }
  }

  private void sort(Path file, Map<PictureId, Path> images, Map<PictureId, Path> metadata)
      throws IOException {
    String name = name(file);
    if (name.endsWith(DurableFiles.UNFINISHED)) {
      remove(file, "is half written");
      return;
    }
    Optional<PictureId> image = id(name, PNG);
    Optional<PictureId> data = id(name, METADATA);
    image.ifPresent(id -> images.put(id, file));
    data.ifPresent(id -> metadata.put(id, file));
    if (image.isEmpty() && data.isEmpty()) {
      findings.add(file + " is not part of the gallery; left alone");
    }
  }

  private void pair(PictureId id, Path image, Path metadata) throws IOException {
    long imageBytes = Files.size(image);
    long metadataBytes = Files.size(metadata);
    if (imageBytes == 0 || metadataBytes == 0) {
      findings.add((imageBytes == 0 ? image : metadata) + " is empty; the picture is left out");
      return;
    }
    Instant created = Files.getLastModifiedTime(metadata).toInstant();
    pictures.put(id, new StoredFiles(image, metadata, imageBytes, metadataBytes, created));
  }

  private void remove(Path file, String why) throws IOException {
    Files.delete(file);
    findings.add(file + " " + why + "; removed");
  }

  private static Optional<PictureId> id(String name, String ending) {
    return name.endsWith(ending)
        ? PictureId.parse(name.substring(0, name.length() - ending.length()))
        : Optional.empty();
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
