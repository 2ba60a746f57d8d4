package io.airbox.flasher.card;

import io.airbox.flasher.plan.CardPackage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** A whole card in a reader, on Linux. Whatever was on it is lost. */
final class CardDevice extends CardTarget {
  /** Larger than most cards, and than anything a package needs. */
  private static final long USUAL_MOST = 256_000_000_000L;

  private final Wishes wishes;
  private final LinuxDisks disks;
  private final LinuxDisks.Disk disk;

  private CardDevice(Path path, Wishes wishes, LinuxDisks disks, LinuxDisks.Disk disk) {
    super(path);
    this.wishes = wishes;
    this.disks = disks;
    this.disk = disk;
  }

  /**
   * The card with this major and minor number.
   *
   * @param number empty where devices have none
   */
  static CardDevice at(Path path, String number, Wishes wishes, LinuxDisks disks)
      throws IOException {
    if (!linux()) {
      throw refused(
          path
              + ": whole cards are written on Linux only; copy to the mounted card instead, or write"
              + " an image and put it on the card with a program for that");
    }
    return new CardDevice(path, wishes, disks, find(path, number, disks));
  }

  private static LinuxDisks.Disk find(Path path, String number, LinuxDisks disks)
      throws IOException {
    LinuxDisks.Disk disk =
        disks
            .disk(number)
            .orElseThrow(() -> refused(path + " is no disk: the system knows no device " + number));
    if (!disk.number().equals(number)) {
      throw refused(
          path
              + " is a partition of "
              + disk.name()
              + "; name the whole card: /dev/"
              + disk.name());
    }
    return disk;
  }

  @Override
  public String name() {
    return path().toString();
  }

  @Override
  public String description() {
    return path() + " (" + disk.describe() + "), everything on it is lost";
  }

  @Override
  public boolean overwrites() {
    return true;
  }

  @Override
  void suits(CardPackage card) throws IOException {
    LinuxDisks.Disk now = find(path(), disk.number(), disks);
    if (!now.equals(disk)) {
      throw refused(
          path() + " is another one now: " + now.describe() + ", it was " + disk.describe());
    }
    Optional<String> use = new DiskUse(disks).system(disk);
    if (use.isPresent()) {
      throw refused(path() + " is a disk of this system: " + use.get());
    }
    if (!disk.removable() && !disk.usb() && !disk.card().equals("SD")) {
      throw refused(path() + " is built in, neither removable, nor on USB, nor an SD card");
    }
    List<String> points =
        disks.mounts().stream()
            .filter(mount -> disk.parts().contains(mount.number()))
            .map(LinuxDisks.Mount::point)
            .toList();
    if (!points.isEmpty()) {
      throw refused(
          path()
              + " is mounted at "
              + String.join(", ", points)
              + "; unmount it first: umount "
              + String.join(" ", points));
    }
    if (disk.bytes() == 0) {
      throw refused(path() + " has no medium; put the card into the reader");
    }
    if (disk.bytes() > USUAL_MOST && !wishes.anySize()) {
      throw refused(
          path()
              + " has "
              + disk.describe()
              + ", more than cards usually have; if it is one all the same, add --any-size");
    }
    if (!Files.isWritable(path()) || !Files.isReadable(path())) {
      throw refused(
          path()
              + " may not be written by you; run it with sudo, or copy to the mounted card, or write"
              + " an image and put it on the card with another program");
    }
    layout(card);
  }

  private Fat32Layout layout(CardPackage card) {
    long wanted = wishes.bytes() > 0 ? wishes.bytes() : Fat32Layout.usualBytes(card.contents());
    if (wishes.bytes() > disk.bytes()) {
      throw refused(
          path() + " has " + mebibytes(disk.bytes()) + ", less than " + mebibytes(wishes.bytes()));
    }
    return Fat32Layout.of(card.contents(), Math.min(wanted, disk.bytes()));
  }

  @Override
  CardMedium begin(CardPackage card) throws IOException {
    FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE);
    try {
      return VolumeMedium.begin(channel, layout(card), false);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }
}
