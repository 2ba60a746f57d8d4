package io.airbox.flasher.card;

import io.airbox.flasher.Finding;
import io.airbox.flasher.plan.CardFile;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.source.CardLayout;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A card that the system has mounted. Files that are not the package's stay. */
final class MountedCard extends CardTarget {
  /** As Linux, macOS and Windows call FAT. */
  private static final Set<String> FAT = Set.of("vfat", "msdos", "fat", "fat32");

  /** With fewer a volume is FAT16. */
  private static final long FEWEST_CLUSTERS = 65525;

  private static final long MOST_CLUSTER_BYTES = 64 << 10;
  private static final Set<String> STRAY = Set.of("boot.scr.emmc", "boot.scr.sd", "extlinux");

  /** FAT32 and FAT16 in their variants; what the file system is, it says itself. */
  private static final Set<String> FAT_TYPES =
      Set.of("0x1", "0x4", "0x6", "0x7", "0xb", "0xc", "0xe");

  private final LinuxDisks disks;

  /** Major and minor number of the partition; empty where the system is no Linux. */
  private final String number;

  private final String name;
  private final String facts;

  /**
   * What is known of partition table and file system.
   *
   * @param findings what keeps a box from starting from it
   * @param seen whether all of it could be looked at
   */
  record Layout(List<Finding> findings, boolean seen) {}

  private MountedCard(Path path, LinuxDisks disks, String number, String name, String facts) {
    super(path);
    this.disks = disks;
    this.number = number;
    this.name = name;
    this.facts = facts;
  }

  static MountedCard at(Path path, LinuxDisks disks) throws IOException {
    FileStore store = Files.getFileStore(path);
    if (linux()) {
      Optional<LinuxDisks.Mount> mount = mount(path, disks);
      if (mount.isEmpty() || !fat(mount.get().type())) {
        throw refused(
            path
                + (mount.isEmpty()
                    ? " is a folder, not the place where a card is mounted"
                    : " is mounted with " + mount.get().type() + ", not FAT32")
                + "; put in a card with FAT32 and name its folder, or name the card itself to have"
                + " it formatted (its device), or a file to get an image");
      }
      String number = mount.get().number();
      LinuxDisks.Disk disk =
          disks
              .disk(number)
              .orElseThrow(() -> refused(path + " lies on no disk that the system tells of"));
      Optional<String> use = new DiskUse(disks).system(disk);
      if (use.isPresent()) {
        throw refused(path + " lies on a disk of this system: " + use.get());
      }
      return new MountedCard(path, disks, number, disks.device(number), disk.describe());
    }
    Path parent = path.toRealPath().getParent();
    if (!fat(store.type()) || (parent != null && Files.getFileStore(parent).equals(store))) {
      throw refused(
          path
              + " is no mounted FAT32 card but "
              + store.type()
              + "; put in a card with FAT32 and name its root folder");
    }
    return new MountedCard(path, disks, "", path.toString(), store.toString());
  }

  /** The file system that is mounted there; empty for a folder like any other. */
  static Optional<LinuxDisks.Mount> mount(Path path, LinuxDisks disks) throws IOException {
    String point = path.toRealPath().toString();
    List<LinuxDisks.Mount> mounts =
        disks.mounts().stream().filter(each -> each.point().equals(point)).toList();
    return mounts.stream().reduce((before, last) -> last).filter(each -> each.folder().equals("/"));
  }

  /** Whether a card with FAT is mounted there, whatever else is to be said of it. */
  static boolean mounted(Path path, LinuxDisks disks) throws IOException {
    return linux()
        ? mount(path, disks).filter(mount -> fat(mount.type())).isPresent()
        : fat(Files.getFileStore(path).type());
  }

  private static boolean fat(String type) {
    return FAT.contains(type.toLowerCase(Locale.ROOT));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return "the card " + name + " at " + path() + " (" + facts + "), files of other packages on it";
  }

  @Override
  public boolean overwrites() {
    return true;
  }

  @Override
  void suits(CardPackage card) throws IOException {
    for (Finding finding : layout().findings()) {
      throw refused(
          path()
              + " is no card that a box starts from: "
              + finding.value()
              + "; name its device to have it formatted");
    }
    if (!Files.isWritable(path())) {
      throw refused(path() + " cannot be written; is the card's lock open, and is it yours?");
    }
    List<String> stray = new ArrayList<>();
    try (Stream<Path> children = Files.list(path())) {
      children
          .map(child -> String.valueOf(child.getFileName()))
          .filter(child -> STRAY.contains(child.toLowerCase(Locale.ROOT)))
          .sorted()
          .forEach(stray::add);
    }
    if (!stray.isEmpty()) {
      throw refused(
          path()
              + " holds "
              + String.join(", ", stray)
              + ", which a box runs instead of boot.scr; remove it");
    }
    for (CardFile file : card.contents()) {
      if (Files.isDirectory(path().resolve(file.name()))) {
        throw refused(
            path().resolve(file.name()) + " is a folder, the package has a file of that name");
      }
    }
    room(card);
  }

  private void room(CardPackage card) throws IOException {
    FileStore store = Files.getFileStore(path());
    long cluster = linux() ? store.getBlockSize() : MOST_CLUSTER_BYTES;
    long needed = 0;
    for (CardFile file : card.contents()) {
      Path there = path().resolve(file.name());
      long old = Files.isRegularFile(there) ? rounded(Files.size(there), cluster) : 0;
      needed += rounded(file.bytes(), cluster) - old;
    }
    if (needed > store.getUsableSpace()) {
      throw refused(
          path()
              + " has "
              + mebibytes(store.getUsableSpace())
              + " left, the package needs "
              + mebibytes(needed)
              + " more; remove other files or take a larger card");
    }
  }

  private static long rounded(long bytes, long cluster) {
    return (bytes + cluster - 1) / cluster * cluster;
  }

  /** What a box will find before it comes to the files. */
  Layout layout() throws IOException {
    List<Finding> findings = new ArrayList<>();
    if (number.isEmpty()) {
      return new Layout(findings, false);
    }
    LinuxDisks.Disk disk = disks.disk(number).orElseThrow(() -> refused(path() + " is gone"));
    Path device = disks.path(disk.name());
    if (Files.isReadable(device)) {
      return new Layout(CardLayout.inspect(device, disks.start(number)), true);
    }
    FileStore store = Files.getFileStore(path());
    Map<String, String> known = disks.properties(number);
    String scheme = known.getOrDefault("ID_PART_ENTRY_SCHEME", "");
    String type = known.getOrDefault("ID_PART_ENTRY_TYPE", "");
    String version = known.getOrDefault("ID_FS_VERSION", "");
    if (!scheme.isEmpty() && !scheme.equals("dos")) {
      findings.add(layout("a partition table of type " + scheme + ", not MBR"));
    } else if (!type.isEmpty() && !FAT_TYPES.contains(type)) {
      findings.add(layout("its partition has type " + type + ", not 0xc"));
    }
    if ((!version.isEmpty() && !version.equals("FAT32"))
        || store.getTotalSpace() / store.getBlockSize() < FEWEST_CLUSTERS) {
      findings.add(layout((version.isEmpty() ? "FAT16" : version) + ", not FAT32"));
    } else if (store.getBlockSize() > MOST_CLUSTER_BYTES) {
      findings.add(layout("clusters of " + store.getBlockSize() + " bytes"));
    }
    return new Layout(findings, !version.isEmpty());
  }

  private static Finding layout(String value) {
    return new Finding(Finding.Code.CARD_LAYOUT, "card", value);
  }

  @Override
  CardMedium begin(CardPackage card) throws IOException {
    return FolderMedium.begin(
        path(), card.contents().stream().map(CardFile::name).collect(Collectors.toSet()));
  }
}
