package io.airbox.flasher.card;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Disks and what they are used for, as a Linux tells in {@code /proc/self/mountinfo}, {@code
 * /proc/swaps}, {@code /sys} and udev's database. Asks nobody and changes nothing.
 */
final class LinuxDisks {
  private static final int SECTOR = 512;
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  private final Path sysroot;

  /**
   * Those of a machine.
   *
   * @param sysroot {@code /}, or a folder with a copy of the trees
   */
  LinuxDisks(Path sysroot) {
    this.sysroot = sysroot;
  }

  /**
   * A mounted file system.
   *
   * @param number major and minor number of its device, {@code 8:17}
   * @param folder the one of it that is there; {@code /} for all of it
   * @param point where
   * @param type of the file system
   */
  record Mount(String number, String folder, String point, String type) {}

  /**
   * A disk.
   *
   * @param name the kernel's
   * @param number {@code 8:16}
   * @param bytes size
   * @param removable whether its medium can be taken out
   * @param usb whether it hangs on USB
   * @param card {@code SD} for a card in a built-in reader, {@code MMC} for a soldered eMMC, else
   *     empty
   * @param model as it says itself
   * @param serial as it says itself
   * @param parts numbers of it and its partitions
   * @param holders what else is made of it: LVM, RAID, encryption
   */
  record Disk(
      String name,
      String number,
      long bytes,
      boolean removable,
      boolean usb,
      String card,
      String model,
      String serial,
      List<String> parts,
      List<String> holders) {
    /** Size, model and serial number in words. */
    String describe() {
      StringBuilder text = new StringBuilder();
      text.append(String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)); // as printed on cards
      for (String each : List.of(card, model, serial)) {
        text.append(each.isEmpty() ? "" : ", " + each);
      }
      return text.toString();
    }
  }

  /** The disk that a block device, or a partition, belongs to. */
  Optional<Disk> disk(String number) throws IOException {
    Optional<Path> found = folder(number);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Path folder = found.get();
    Path disk = Files.exists(folder.resolve("partition")) ? folder.getParent() : folder;
    if (disk == null || disk.getFileName() == null) {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    List<String> holders = new ArrayList<>(names(disk.resolve("holders")));
    parts.add(text(disk.resolve("dev")));
    try (Stream<Path> children = Files.list(disk)) {
      for (Path child : children.sorted().toList()) {
        if (Files.exists(child.resolve("partition"))) {
          parts.add(text(child.resolve("dev")));
          holders.addAll(names(child.resolve("holders")));
        }
      }
    }
    String sectors = text(disk.resolve("size"));
    return Optional.of(
        new Disk(
            disk.getFileName().toString(),
            parts.get(0),
            sectors.isEmpty() ? 0 : Long.parseLong(sectors) * SECTOR,
            text(disk.resolve("removable")).equals("1"),
            disk.toString().contains("/usb"),
            text(disk.resolve("device/type")).matches("SD|MMC")
                ? text(disk.resolve("device/type"))
                : "",
            text(disk.resolve("device/model")) + text(disk.resolve("device/name")),
            text(disk.resolve("device/serial")),
            List.copyOf(parts),
            List.copyOf(holders)));
  }

  /** Where the device of this name is. */
  Path path(String name) {
    return sysroot.resolve("dev").resolve(name);
  }

  /** The device's path; its number where the system does not know it. */
  String device(String number) throws IOException {
    return folder(number).map(folder -> "/dev/" + folder.getFileName()).orElse(number);
  }

  /** First block of a partition; 0 for a whole disk. */
  long start(String number) throws IOException {
    Optional<Path> folder = folder(number);
    String start = folder.isPresent() ? text(folder.get().resolve("start")) : "";
    return start.isEmpty() ? 0 : Long.parseLong(start);
  }

  /** What is mounted where, the latest last. */
  List<Mount> mounts() throws IOException {
    List<Mount> mounts = new ArrayList<>();
    for (String line : lines("proc/self/mountinfo")) {
      String[] words = line.split(" ");
      int dash = List.of(words).indexOf("-");
      if (dash > 4 && dash + 1 < words.length) {
        mounts.add(new Mount(words[2], unescaped(words[3]), unescaped(words[4]), words[dash + 1]));
      }
    }
    return mounts;
  }

  /** Numbers of the devices that the system swaps to. */
  List<String> swaps() throws IOException {
    List<String> names = new ArrayList<>();
    for (String line : lines("proc/swaps")) {
      String device = unescaped(line.split("\\s+")[0]);
      if (device.startsWith("/dev/")) {
        Path folder = sysroot.resolve("sys/class/block").resolve(device.substring(5));
        names.add(text(folder.resolve("dev")));
      }
    }
    return names;
  }

  /** What udev found out about a device, {@code ID_FS_TYPE} and the like; empty without udev. */
  Map<String, String> properties(String number) throws IOException {
    Map<String, String> properties = new HashMap<>();
    for (String line : lines("run/udev/data/b" + number)) {
      int equals = line.indexOf('=');
      if (line.startsWith("E:") && equals > 0) {
        properties.put(line.substring(2, equals), line.substring(equals + 1));
      }
    }
    return properties;
  }

  private Optional<Path> folder(String number) throws IOException {
    Path link = sysroot.resolve("sys/dev/block").resolve(number);
    return Files.exists(link) ? Optional.of(link.toRealPath()) : Optional.empty();
  }

  private static List<String> names(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(child -> String.valueOf(child.getFileName())).sorted().toList();
    }
  }

  private List<String> lines(String path) throws IOException {
    try {
      return new String(Files.readAllBytes(sysroot.resolve(path)), StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.isRegularFile(file)
          ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip()
          : "";
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** Blanks and the like are written as octal numbers. */
  private static String unescaped(String text) {
    return OCTAL
        .matcher(text)
        .replaceAll(
            match -> {
              char plain = (char) Integer.parseInt(match.group(1), 8);
              return Matcher.quoteReplacement(String.valueOf(plain));
            });
  }
}
