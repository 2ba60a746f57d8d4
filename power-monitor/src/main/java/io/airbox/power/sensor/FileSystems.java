package io.airbox.power.sensor;

import io.airbox.power.Unit;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Size and room of the file systems on this machine's own disks. They are asked of the kernel and
 * not of a file, so a recorded tree does not tell them.
 */
final class FileSystems implements Probe {
  private static final String FILE = "proc/mounts";
  private static final Path REAL_ROOT = Path.of("/");
  private static final Duration PERIOD = Duration.ofSeconds(30);
  private static final int MOST = 16;

  /** device, folder, type; a blank in a folder's name is {@code \040}. */
  private static final Pattern LINE =
      Pattern.compile("(?m)^(\\S+) (/\\S*) (ext[234]|xfs|btrfs|f2fs|vfat|exfat|overlay) ");

  private static final Pattern ESCAPE = Pattern.compile("\\\\([0-3][0-7]{2})");

  private final SystemFiles files;

  FileSystems(SystemFiles files) {
    this.files = files;
  }

  @Override
  public String name() {
    return "file systems";
  }

  @Override
  public Duration period() {
    return PERIOD;
  }

  @Override
  public Findings read() {
    List<Measurement> found = new ArrayList<>();
    Name names = new Name();
    for (Mount mount : mounts(files.read(FILE).text().orElse(""))) {
      String id = "storage." + (mount.folder().equals("/") ? "root" : names.unique(mount.folder()));
      measure(id, mount.folder(), found);
    }
    return Findings.of(found);
  }

  /** A file system and where it is first mounted. */
  record Mount(String device, String folder) {}

  /** One mount of each device of {@code proc/mounts}; containers' overlays are left out. */
  static List<Mount> mounts(String text) {
    List<Mount> mounts = new ArrayList<>();
    Set<String> devices = new HashSet<>();
    Matcher line = LINE.matcher(text);
    while (line.find() && mounts.size() < MOST) {
      String folder =
          ESCAPE
              .matcher(line.group(2))
              .replaceAll(
                  octal ->
                      Matcher.quoteReplacement(
                          String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
      boolean overlay = line.group(3).equals("overlay");
      boolean own = overlay ? folder.equals("/") : line.group(1).startsWith("/dev/");
      if (own && devices.add(line.group(1))) {
        mounts.add(new Mount(line.group(1), folder));
      }
    }
    return mounts;
  }

  private void measure(String id, String folder, List<Measurement> found) {
    String size = id + ".size";
    String free = id + ".free";
    String reason;
    if (files.root().equals(REAL_ROOT)) {
      try {
        FileStore store = Files.getFileStore(Path.of(folder));
        found.add(Measurement.of(size, Unit.BYTES, store.getTotalSpace(), folder));
        found.add(Measurement.of(free, Unit.BYTES, store.getUsableSpace(), folder));
        return;
      } catch (IOException e) {
        reason = "cannot be asked: " + FileText.shown(String.valueOf(e.getMessage()));
      }
    } else {
      reason = "a recorded tree does not tell it";
    }
    found.add(Measurement.unknown(size, Unit.BYTES, folder, reason));
    found.add(Measurement.unknown(free, Unit.BYTES, folder, reason));
  }
}
