package io.airbox.flasher.card;

import io.airbox.flasher.FlashException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Takes a card away from the system, so that it can be pulled out: by udisks, or umount and eject,
 * on Linux, by diskutil on macOS, by the shell's own Eject on Windows.
 */
public final class Ejection {
  private static final int SECONDS = 120;

  private Ejection() {}

  /**
   * Ejects a card. Everything written to it is on it then.
   *
   * @param card the folder where it is mounted, or its device
   * @return what may be done now, in a sentence
   * @throws FlashException {@code REFUSED} when it is none, {@code CARD_FAILED} when somebody still
   *     uses it, {@code INTERRUPTED}
   */
  public static String eject(Path card) {
    return eject(card, Path.of("/"));
  }

  static String eject(Path card, Path sysroot) {
    try {
      if (CardTarget.linux()) {
        return ejectOnLinux(card, new LinuxDisks(sysroot));
      }
      CardTarget target = CardTarget.of(card, CardTarget.Wishes.NONE);
      String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
      if (os.startsWith("mac")) {
        run(card, List.of("diskutil", "eject", target.path().toRealPath().toString()));
      } else {
        run(
            card,
            List.of(
                "powershell",
                "-NoProfile",
                "-Command",
                "& {param($drive) (New-Object -ComObject Shell.Application).Namespace(17)"
                    + ".ParseName($drive).InvokeVerb('Eject')}",
                String.valueOf(target.path().toRealPath().getRoot()).substring(0, 2)));
      }
      return card + " may be taken out";
    } catch (IOException e) {
      throw new FlashException(
          FlashException.Reason.CARD_FAILED, card + " was not ejected: " + e.getMessage(), e);
    }
  }

  private static String ejectOnLinux(Path card, LinuxDisks disks) throws IOException {
    Optional<String> number =
        Files.isDirectory(card)
            ? MountedCard.mount(card, disks).map(LinuxDisks.Mount::number)
            : Optional.ofNullable(Files.exists(card) ? CardTarget.deviceNumber(card) : null);
    LinuxDisks.Disk disk = number.isPresent() ? disks.disk(number.get()).orElse(null) : null;
    if (disk == null) {
      throw CardTarget.refused(card + " is no card: neither where one is mounted, nor its device");
    }
    Optional<String> use = new DiskUse(disks).system(disk);
    if (use.isPresent()) {
      throw CardTarget.refused(card + " is on a disk of this system: " + use.get());
    }
    boolean udisks = has("udisksctl");
    for (LinuxDisks.Mount mount : mounted(disks, disk)) {
      run(
          card,
          udisks
              ? List.of(
                  "udisksctl",
                  "unmount",
                  "--no-user-interaction",
                  "-b",
                  disks.device(mount.number()))
              : List.of("umount", mount.point()));
    }
    if (!mounted(disks, disk).isEmpty()) {
      throw new FlashException(
          FlashException.Reason.CARD_FAILED,
          card + " is still mounted; close the programs that use it and try again");
    }
    List<String> off = new ArrayList<>();
    if (udisks) {
      off.addAll(List.of("udisksctl", "power-off", "--no-user-interaction", "-b"));
    } else if (has("eject")) {
      off.add("eject");
    }
    off.add("/dev/" + disk.name());
    if (disk.usb() && off.size() > 1) {
      try {
        run(card, off);
        return "/dev/" + disk.name() + " is unmounted and switched off; take the card out";
      } catch (FlashException e) {
        // some readers cannot; unmounted it is all the same
        return "/dev/" + disk.name() + " is unmounted; take the card out";
      }
    }
    return "/dev/" + disk.name() + " is unmounted; take the card out";
  }

  private static List<LinuxDisks.Mount> mounted(LinuxDisks disks, LinuxDisks.Disk disk)
      throws IOException {
    return disks.mounts().stream().filter(each -> disk.parts().contains(each.number())).toList();
  }

  private static boolean has(String program) {
    return List.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":")).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static void run(Path card, List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new FlashException(
            FlashException.Reason.CARD_FAILED,
            card + " was not ejected: " + String.join(" ", command) + " says: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FlashException(
          FlashException.Reason.INTERRUPTED, card + ": ejecting was interrupted", e);
    } finally {
      process.destroy();
    }
  }
}
