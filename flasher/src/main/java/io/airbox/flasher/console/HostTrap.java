package io.airbox.flasher.console;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Something on this machine that spoils a serial port. Looked for on Linux alone.
 *
 * @param kind what
 * @param evidence where it was seen
 */
public record HostTrap(Kind kind, String evidence) {
  /** The known ones. */
  public enum Kind {
    /** The user is not in the group that owns the port. */
    NO_PERMISSION("this user may not open the port", ""),
    /** Ubuntu 22.04's rules for Braille displays know the box's bridge by its numbers. */
    BRLTTY(
        "brltty takes the port for a Braille display: it vanishes right after it was plugged in",
        "without a Braille display: sudo apt remove brltty; else mask its udev rule for the port"),
    /** It sends AT commands to what may be a modem. */
    MODEM_MANAGER(
        "ModemManager sends bytes to new ports, which stops the box's boot in its countdown",
        "sudo systemctl stop ModemManager while you flash, or a udev rule with"
            + " ENV{ID_MM_DEVICE_IGNORE}=\"1\" for the port");

    private final String cause;
    private final String cure;

    Kind(String cause, String cure) {
      this.cause = cause;
      this.cure = cure;
    }
  }

  private static final List<String> RULE_FOLDERS =
      List.of("usr/lib/udev/rules.d", "lib/udev/rules.d");

  /** The bridges that brltty's rules were seen to take, as udev names them. */
  private static final List<String> TAKEN = List.of("10c4/ea60", "1a86/7523");

  /** What it does. */
  public String cause() {
    return kind.cause;
  }

  /** What to do about it. */
  public String cure() {
    return kind == Kind.NO_PERMISSION ? joinGroup(Path.of(evidence)) : kind.cure;
  }

  /**
   * Looks for them.
   *
   * @param root of the file system: {@code /}
   * @param ports those that should be opened
   */
  public static List<HostTrap> lookFor(Path root, List<Port> ports) {
    List<HostTrap> traps = new ArrayList<>();
    for (Port port : ports) {
      Path device = Path.of(port.path());
      if (port.path().startsWith("/dev/")
          && Files.exists(device)
          && !(Files.isReadable(device) && Files.isWritable(device))) {
        traps.add(new HostTrap(Kind.NO_PERMISSION, port.path()));
      }
    }
    for (String folder : RULE_FOLDERS) {
      brlttyRules(root, root.resolve(folder), traps);
    }
    if (runs(root.resolve("proc"), "ModemManager")) {
      traps.add(new HostTrap(Kind.MODEM_MANAGER, "a process ModemManager runs"));
    }
    return traps.stream().distinct().toList();
  }

  private static void brlttyRules(Path root, Path folder, List<HostTrap> traps) {
    try (DirectoryStream<Path> rules = Files.newDirectoryStream(folder, "*brltty*.rules")) {
      for (Path rule : rules) {
        Path name = rule.getFileName();
        // a file of the same name there replaces it, also an empty one
        boolean replaced =
            name != null
                && Files.exists(
                    root.resolve("etc/udev/rules.d").resolve(name.toString()),
                    LinkOption.NOFOLLOW_LINKS);
        if (!replaced && takes(rule)) {
          traps.add(new HostTrap(Kind.BRLTTY, rule.toRealPath().toString()));
        }
      }
    } catch (IOException e) {
      // no udev here
    }
  }

  private static boolean takes(Path rule) throws IOException {
    try (Stream<String> lines = Files.lines(rule)) {
      return lines
          .map(line -> line.strip().toLowerCase(Locale.ROOT))
          .filter(line -> !line.startsWith("#"))
          .anyMatch(line -> TAKEN.stream().anyMatch(line::contains));
    }
  }

  private static boolean runs(Path proc, String program) {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (program.equals(command(process))) {
          return true;
        }
      }
    } catch (IOException e) {
      // no Linux
    }
    return false;
  }

  private static String command(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** How a user gets the right to open a port. */
  static String joinGroup(Path device) {
    String group = "dialout";
    try {
      group = Files.readAttributes(device, PosixFileAttributes.class).group().getName();
    } catch (IOException | UnsupportedOperationException e) {
      // the usual one of Debian and Ubuntu
    }
    return group.equals("root")
        ? "only root may; ask an administrator for a udev rule with TAG+=\"uaccess\""
        : "sudo usermod -aG "
            + group
            + " "
            + System.getProperty("user.name")
            + ", then log in anew";
  }
}
