package io.airbox.flasher.card;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a Linux with a card in its reader tells in {@code /proc}, {@code /sys} and {@code /run}: a
 * fixed disk {@code sda} with the system, the card {@code sdb} with one partition.
 */
final class Machine {
  private final Path root;

  Machine(Path root) throws IOException {
    this.root = root;
    disk("pci0/ata1", "sda", "8:0", 500_000_000_000L, false);
    part("pci0/ata1", "sda", "sda1", "8:1", 2048);
    disk("pci0/usb1", "sdb", "8:16", 16_000_000_000L, true);
    part("pci0/usb1", "sdb", "sdb1", "8:17", 8192);
    write("sys/devices/pci0/usb1/block/sdb/device/model", "Card Reader");
    write("proc/swaps", "Filename Type Size Used Priority\n");
    write("proc/self/mountinfo", "");
    mount("8:1", "/", "ext4");
  }

  Path root() {
    return root;
  }

  LinuxDisks disks() {
    return new LinuxDisks(root);
  }

  Machine disk(String bus, String name, String number, long bytes, boolean removable)
      throws IOException {
    String folder = "sys/devices/" + bus + "/block/" + name;
    write(folder + "/dev", number);
    write(folder + "/size", String.valueOf(bytes / 512));
    write(folder + "/removable", removable ? "1" : "0");
    link(folder, name, number);
    return this;
  }

  Machine part(String bus, String disk, String name, String number, long start) throws IOException {
    String folder = "sys/devices/" + bus + "/block/" + disk + "/" + name;
    write(folder + "/dev", number);
    write(folder + "/partition", "1");
    write(folder + "/start", String.valueOf(start));
    link(folder, name, number);
    return this;
  }

  private void link(String folder, String name, String number) throws IOException {
    for (String link : new String[] {"sys/dev/block/" + number, "sys/class/block/" + name}) {
      Path path = root.resolve(link);
      Files.createDirectories(path.getParent());
      Files.createSymbolicLink(path, root.resolve(folder));
    }
  }

  Machine mount(String number, String point, String type) throws IOException {
    Path table = root.resolve("proc/self/mountinfo");
    String line =
        "36 35 " + number + " / " + point.replace(" ", "\\040") + " rw - " + type + " /dev/x rw\n";
    Files.writeString(table, Files.readString(table) + line);
    return this;
  }

  Machine write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text.endsWith("\n") ? text : text + "\n");
    return this;
  }
}
