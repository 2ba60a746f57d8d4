package io.airbox.flasher.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.flasher.FlashException;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.source.Card;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CardTargetTest {
  private static final CardPackage.Progress NOBODY = (file, bytes) -> {};
  private static final CardTarget.Wishes SMALL = new CardTarget.Wishes(64 << 20, false);

  private static byte[] formatted = {};

  @TempDir Path folder;

  private CardPackage card;
  private Machine machine;
  private Path mounted;

  @BeforeEach
  void aMachineAndAPackage() throws IOException {
    card = scripts(Card.zip(folder.resolve("sdcard.zip"), "sdcard/", Card.files()));
    machine = new Machine(folder.resolve("machine"));
    mounted = Files.createDirectory(folder.resolve("AIR BOX")).toRealPath();
    machine.mount("8:17", mounted.toString(), "vfat");
    Files.createDirectories(machine.root().resolve("dev"));
    Files.write(machine.root().resolve("dev/sdb"), formatted());
  }

  private static CardPackage scripts(Path path) {
    return CardPackage.read(path, CardPackage.Depth.SCRIPTS);
  }

  /** As much of a card as a look at its format wants. */
  private byte[] formatted() throws IOException {
    if (formatted.length == 0) {
      Path image = folder.resolve("formatted.img");
      CardTarget.of(image, SMALL).write(card, NOBODY);
      try (InputStream in = Files.newInputStream(image)) {
        formatted = in.readNBytes(6 << 20);
      }
      Files.delete(image);
    }
    return formatted.clone();
  }

  private CardTarget mountedCard() {
    return CardTarget.of(mounted, CardTarget.Wishes.NONE, machine.root());
  }

  private static AbstractThrowableAssert<?, ?> refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable what) {
    return assertThatThrownBy(what)
        .isInstanceOfSatisfying(
            FlashException.class,
            error -> assertThat(error.reason()).isEqualTo(FlashException.Reason.REFUSED));
  }

  @Test
  void anImageHoldsThePackageAndIsTheSameEveryTime() throws IOException {
    Path image = folder.resolve("card.img");
    Prepared prepared = CardTarget.of(image, SMALL).write(card, NOBODY);
    assertThat(prepared.card().usable()).isTrue();
    assertThat(prepared.written()).isEqualTo(card.bytes());
    assertThat(Files.size(image)).isEqualTo(64 << 20);
    CardPackage read = CardPackage.read(image, CardPackage.Depth.EVERYTHING);
    assertThat(read.contents()).containsExactlyInAnyOrderElementsOf(prepared.card().contents());
    assertThat(read.findings()).isEqualTo(prepared.card().findings());
    assertThat(CardProof.of(image, prepared.card(), NOBODY).verdict())
        .isEqualTo(CardVerdict.PROVEN);
    Path again = folder.resolve("again.img");
    CardTarget.of(again, SMALL).write(card, NOBODY);
    assertThat(Files.mismatch(image, again)).isEqualTo(-1);
    assertThat(folder.resolve(".card.img.part")).doesNotExist();
  }

  @Test
  void aDefectivePackageLeavesNoImage() throws IOException {
    Path image = folder.resolve("card.img");
    CardPackage damaged = scripts(damaged("rootfs.2-of-3.gz"));
    Prepared prepared = CardTarget.of(image, SMALL).write(damaged, NOBODY);
    assertThat(prepared.card().usable()).isFalse();
    assertThat(image).doesNotExist();
    assertThat(folder.resolve(".card.img.part")).doesNotExist();
  }

  private Path damaged(String name) throws IOException {
    Map<String, byte[]> files = Card.files();
    byte[] bytes = files.get(name).clone();
    bytes[bytes.length - 8] ^= 1;
    files.put(name, bytes);
    return Card.zip(folder.resolve("damaged.zip"), "", files);
  }

  @Test
  void aPackageThatChangesMeanwhileIsNoCard() throws IOException {
    Path changing = Card.folder(Files.createDirectory(folder.resolve("p")), Card.files());
    CardPackage before = scripts(changing);
    Files.write(changing.resolve("fip.bin"), new byte[3]);
    Path image = folder.resolve("card.img");
    assertThatThrownBy(() -> CardTarget.of(image, SMALL).write(before, NOBODY))
        .hasMessageContaining("the package changed while it was copied: fip.bin");
    assertThat(image).doesNotExist();
  }

  @Test
  void sizesThatNoCardHasAndPackagesThatDoNotFitAreRefused() throws IOException {
    Path image = folder.resolve("card.img");
    refused(() -> CardTarget.of(image, new CardTarget.Wishes(8 << 20, false)).check(card))
        .hasMessageContaining("no size for a FAT32 card");
    Map<String, byte[]> files = Card.files();
    files.put("models.bin", new byte[40 << 20]);
    CardPackage large = scripts(Card.zip(folder.resolve("large.zip"), "", files));
    refused(() -> CardTarget.of(image, new CardTarget.Wishes(44 << 20, false)).check(large))
        .hasMessageContaining("the files need")
        .hasMessageContaining("take a larger one");
    refused(() -> CardTarget.of(folder.resolve("no/card.img"), SMALL))
        .hasMessageContaining("there is no folder");
    refused(() -> CardTarget.of(folder.resolve("no-such-card"), SMALL))
        .hasMessageContaining("no such folder or device");
    refused(() -> CardTarget.of(Path.of("/dev/no-such-card"), SMALL))
        .hasMessageContaining("no such device");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aCopyIsOnTheMountedCardAndItsSecondTimeWritesNothing() throws IOException {
    Prepared first = mountedCard().write(card, NOBODY);
    assertThat(first.kept()).isZero();
    assertThat(first.written()).isEqualTo(card.bytes());
    CardProof proof = CardProof.of(mounted, first.card(), NOBODY, machine.root());
    assertThat(proof.faults()).isEmpty();
    assertThat(proof.card().files()).isEqualTo(card.files());

    Prepared second = mountedCard().write(card, NOBODY);
    assertThat(second.kept()).isEqualTo(card.bytes() - starters());
  }

  private static long starters() throws IOException {
    return Card.files().get("fip.bin").length + Card.files().get("boot.scr").length;
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aCopyThatStopsIsNoCardToStartFromAndGoesOnLater() throws IOException {
    mountedCard().write(card, NOBODY);
    CardPackage.Progress stop =
        (file, bytes) -> {
          if (file.equals("rootfs.2-of-3.gz")) {
            throw new IllegalStateException("the plug was pulled");
          }
        };
    assertThatThrownBy(() -> mountedCard().write(card, stop)).hasMessageContaining("plug");
    assertThat(mounted.resolve("boot.scr")).doesNotExist();
    assertThat(mounted.resolve("fip.bin")).doesNotExist();
    assertThat(CardProof.of(mounted, null, NOBODY, machine.root()).verdict())
        .isEqualTo(CardVerdict.UNFIT);

    Files.write(mounted.resolve(FolderMedium.UNFINISHED), new byte[1000]);
    Files.delete(mounted.resolve("data.1-of-1.gz"));
    byte[] other = Files.readAllBytes(mounted.resolve("rootfs.1-of-3.gz"));
    other[other.length / 2] ^= 4;
    Files.write(mounted.resolve("rootfs.1-of-3.gz"), other);
    Prepared prepared = mountedCard().write(card, NOBODY);
    assertThat(prepared.kept())
        .isEqualTo(
            card.bytes()
                - starters()
                - Card.files().get("data.1-of-1.gz").length
                - Card.files().get("rootfs.1-of-3.gz").length);
    assertThat(CardProof.of(mounted, prepared.card(), NOBODY, machine.root()).faults()).isEmpty();
    assertThat(mounted.resolve(FolderMedium.UNFINISHED)).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theFirmwareOfAnotherPackageDoesNotStay() throws IOException {
    mountedCard().write(card, NOBODY);
    Map<String, byte[]> files = Card.files();
    files.remove("fip.bin");
    mountedCard().write(scripts(Card.zip(folder.resolve("other.zip"), "", files)), NOBODY);
    assertThat(mounted.resolve("fip.bin")).doesNotExist();
    assertThat(mounted.resolve("boot.scr")).exists();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDefectivePackageLeavesACardThatNoBoxStartsFrom() throws IOException {
    mountedCard().write(card, NOBODY);
    Prepared prepared = mountedCard().write(scripts(damaged("rootfs.2-of-3.gz")), NOBODY);
    assertThat(prepared.card().usable()).isFalse();
    assertThat(mounted.resolve("boot.scr")).doesNotExist();
    assertThat(mounted.resolve("fip.bin")).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatIsNoCardOrBelongsToTheSystemIsRefused() throws IOException {
    refused(() -> CardTarget.of(folder, SMALL, machine.root()))
        .hasMessageContaining("is a folder, not the place where a card is mounted");
    machine.mount("8:17", "/boot/efi", "vfat");
    refused(this::mountedCard).hasMessageContaining("mounted it at /boot/efi");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void otherFileSystemsAreRefusedWithTheirName() throws IOException {
    machine.mount("8:17", mounted.toString(), "exfat");
    refused(this::mountedCard).hasMessageContaining("mounted with exfat, not FAT32");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void cardsThatABoxDoesNotStartFromAreRefused() throws IOException {
    Path device = machine.root().resolve("dev/sdb");
    byte[] image = Files.readAllBytes(device);
    byte[] gpt = image.clone();
    gpt[446 + 4] = (byte) 0xEE;
    Files.write(device, gpt);
    refused(() -> mountedCard().check(card)).hasMessageContaining("a GPT");
    byte[] fat16 = image.clone();
    fat16[(8192 * 512) + 22] = 1;
    Files.write(device, fat16);
    refused(() -> mountedCard().check(card)).hasMessageContaining("FAT16");
    byte[] second = image.clone();
    System.arraycopy(image, 446, second, 446 + 16, 16);
    Arrays.fill(second, 446, 446 + 16, (byte) 0);
    second[446 + 4] = 0x0C;
    second[446 + 9] = 1;
    System.arraycopy(image, 8192 * 512, second, 256 * 512, 512 * 512);
    Files.write(device, second);
    refused(() -> mountedCard().check(card)).hasMessageContaining("not the first FAT partition");
    Files.write(device, image);
    mountedCard().check(card);

    Files.createDirectory(mounted.resolve("extlinux"));
    Files.write(mounted.resolve("boot.scr.sd"), new byte[1]);
    refused(() -> mountedCard().check(card)).hasMessageContaining("boot.scr.sd, extlinux");
    Files.delete(mounted.resolve("boot.scr.sd"));
    Files.move(mounted.resolve("extlinux"), mounted.resolve("BOOT"));
    refused(() -> mountedCard().check(card)).hasMessageContaining("is a folder");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void withoutPermissionUdevTellsTheFormatAndItIsNotProven() throws IOException {
    Files.delete(machine.root().resolve("dev/sdb"));
    mountedCard().write(card, NOBODY);
    CardProof proof = CardProof.of(mounted, null, NOBODY, machine.root());
    assertThat(proof.verdict()).isEqualTo(CardVerdict.UNPROVEN);
    assertThat(proof.gaps()).anyMatch(gap -> gap.contains("partition table"));
    machine.write(
        "run/udev/data/b8:17",
        "E:ID_PART_ENTRY_SCHEME=gpt\nE:ID_FS_VERSION=FAT16\nE:ID_PART_ENTRY_TYPE=0xc");
    assertThat(CardProof.of(mounted, null, NOBODY, machine.root()).faults())
        .extracting(CardFault::value)
        .contains("a partition table of type gpt, not MBR", "FAT16, not FAT32");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPackageOnTheCardItselfIsRefused() throws IOException {
    Path inside = Card.zip(mounted.resolve("sdcard.zip"), "", Card.files());
    refused(() -> mountedCard().check(scripts(inside))).hasMessageContaining("on the card itself");
  }

  private CardDevice device(String number, CardTarget.Wishes wishes) throws IOException {
    return CardDevice.at(machine.root().resolve("dev/sdb"), number, wishes, machine.disks());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDeviceThatIsMountedFixedOrTheSystemsIsRefused() throws IOException {
    refused(() -> device("8:16", SMALL).check(card)).hasMessageContaining("umount " + mounted);
    refused(() -> device("8:17", SMALL)).hasMessageContaining("name the whole card: /dev/sdb");
    refused(() -> device("9:9", SMALL)).hasMessageContaining("no device 9:9");
    refused(() -> device("8:0", SMALL).check(card)).hasMessageContaining("mounted it at /");
    machine.disk("pci0/nvme", "nvme0n1", "259:0", 1L << 39, false);
    refused(() -> device("259:0", SMALL).check(card)).hasMessageContaining("is built in");
    machine.write("sys/devices/pci0/nvme/block/nvme0n1/holders/md0", "");
    refused(() -> device("259:0", SMALL).check(card)).hasMessageContaining("part of md0");
    machine.disk("soc/mmc", "mmcblk0", "179:0", 1L << 34, false);
    machine.write("sys/devices/soc/mmc/block/mmcblk0/device/type", "MMC");
    refused(() -> device("179:0", SMALL).check(card)).hasMessageContaining("built-in eMMC");
    machine.disk("pci0/usb2", "sdc", "8:32", 1L << 30, true);
    machine.write("proc/swaps", "Filename Type\n/dev/sdc partition 1 0 -2\n");
    refused(() -> device("8:32", SMALL).check(card)).hasMessageContaining("swaps to it");
    machine.disk("pci0/usb3", "sdd", "8:48", 1L << 30, true);
    machine.write("run/udev/data/b8:48", "E:ID_FS_TYPE=LVM2_member");
    refused(() -> device("8:48", SMALL).check(card)).hasMessageContaining("holds LVM2_member");
    machine.disk("pci0/usb4", "sde", "8:64", 1L << 39, true);
    refused(() -> device("8:64", SMALL).check(card)).hasMessageContaining("--any-size");
    device("8:64", new CardTarget.Wishes(64 << 20, true)).check(card);
    machine.disk("soc/mmc1", "mmcblk1", "179:8", 0, false);
    machine.write("sys/devices/soc/mmc1/block/mmcblk1/device/type", "SD");
    refused(() -> device("179:8", SMALL).check(card)).hasMessageContaining("has no medium");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDeviceThatIsAnotherOneMeanwhileIsRefused() throws IOException {
    machine.disk("pci0/usb4", "sde", "8:64", 1L << 34, true);
    CardDevice chosen = device("8:64", SMALL);
    machine.write("sys/devices/pci0/usb4/block/sde/size", "1000000");
    refused(() -> chosen.check(card)).hasMessageContaining("is another one now");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDeviceIsWrittenWholeAndHasNoPartitionBeforeTheEnd() throws IOException {
    Path path = machine.root().resolve("dev/sdb");
    byte[] garbage = new byte[64 << 20];
    Arrays.fill(garbage, (byte) 0x5A);
    garbage[510] = 0x55;
    garbage[511] = (byte) 0xAA;
    Files.write(path, garbage);
    machine.disk("pci0/usb4", "sde", "8:64", 1L << 34, true);
    CardPackage.Progress look =
        (file, bytes) -> {
          try {
            byte[] head = Files.newInputStream(path).readNBytes(512);
            assertThat(head).containsOnly(0);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        };
    Prepared prepared = device("8:64", SMALL).write(card, look);
    assertThat(CardProof.of(path, prepared.card(), NOBODY).verdict()).isEqualTo(CardVerdict.PROVEN);
  }
}
