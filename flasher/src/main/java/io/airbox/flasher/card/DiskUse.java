package io.airbox.flasher.card;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether a disk is somebody's who would miss it. */
final class DiskUse {
  /** The system's own places; below the second, nobody mounts cards. */
  private static final Set<String> POINTS =
      Set.of(
          "/", "/home", "/data", "/recovery", "/srv", "/opt", "/media/root-ro", "/media/root-rw");

  private static final List<String> TREES =
      List.of("/boot", "/efi", "/usr", "/var", "/etc", "/snap", "/nix", "/sysroot");

  private static final Set<String> MEMBERS =
      Set.of("LVM2_member", "linux_raid_member", "zfs_member", "crypto_LUKS", "swap", "bcache");

  private final LinuxDisks disks;

  DiskUse(LinuxDisks disks) {
    this.disks = disks;
  }

  /** What the system does with a disk; empty when it does nothing of that kind. */
  Optional<String> system(LinuxDisks.Disk disk) throws IOException {
    for (LinuxDisks.Mount mount : disks.mounts()) {
      if (disk.parts().contains(mount.number()) && system(mount.point())) {
        return Optional.of("the system has mounted it at " + mount.point());
      }
    }
    for (String number : disks.swaps()) {
      if (disk.parts().contains(number)) {
        return Optional.of("the system swaps to it");
      }
    }
    if (!disk.holders().isEmpty()) {
      return Optional.of("it is part of " + String.join(", ", disk.holders()));
    }
    for (String part : disk.parts()) {
      Map<String, String> properties = disks.properties(part);
      String type = properties.getOrDefault("ID_FS_TYPE", "");
      if (MEMBERS.contains(type)) {
        return Optional.of("it holds " + type);
      }
    }
    if (disk.card().equals("MMC")) {
      return Optional.of("it is a built-in eMMC; on an AirBox that is the system itself");
    }
    return Optional.empty();
  }

  private static boolean system(String point) {
    return POINTS.contains(point)
        || TREES.stream().anyMatch(tree -> point.equals(tree) || point.startsWith(tree + "/"));
  }
}
