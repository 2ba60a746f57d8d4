package io.airbox.daemon.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** What becomes of files in {@code /etc}: boxes keep them in an overlay that a button empties. */
public enum Persistence {
  /** An ordinary disk: they stay. */
  PERSISTENT,
  /** An overlay on a disk: they survive a restart, and a factory reset takes them. */
  OVERLAY,
  /** An overlay in memory: a restart takes them. */
  VOLATILE,
  UNKNOWN;

  private record Mount(String place, String type, String options) {}

  /**
   * Looks at {@code /proc/mounts}, whose format is {@code fstab(5)}'s.
   *
   * @param sysroot prefix of every path
   */
  public static Persistence of(Path sysroot) {
    List<Mount> mounts = new ArrayList<>();
    try {
      for (String line :
          Files.readAllLines(sysroot.resolve("proc/mounts"), StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(" ");
        if (fields.length > 3) {
          mounts.add(new Mount(fields[1], fields[2], fields[3]));
        }
      }
    } catch (IOException e) {
      Logger.debug("{}: {}", sysroot.resolve("proc/mounts"), e.toString());
      return UNKNOWN;
    }
    Mount root = at(mounts, "/etc");
    if (root == null) {
      return UNKNOWN;
    }
    if (memory(root)) {
      return VOLATILE;
    }
    if (!root.type().equals("overlay")) {
      return PERSISTENT;
    }
    for (String option : root.options().split(",")) {
      if (option.startsWith("upperdir=")) {
        Mount upper = at(mounts, option.substring("upperdir=".length()));
        return upper != null && memory(upper) ? VOLATILE : OVERLAY;
      }
    }
    return OVERLAY;
  }

  private static boolean memory(Mount mount) {
    return mount.type().equals("tmpfs") || mount.type().equals("ramfs");
  }

  /** The mount that a path lies in; of several at one place the last counts. */
  private static @Nullable Mount at(List<Mount> mounts, String path) {
    Mount best = null;
    for (Mount each : mounts) {
      boolean holds =
          each.place().equals("/")
              || path.equals(each.place())
              || path.startsWith(each.place() + "/");
      if (holds && (best == null || each.place().length() >= best.place().length())) {
        best = each;
      }
    }
    return best;
  }

  /** The name in documents: lower case. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
