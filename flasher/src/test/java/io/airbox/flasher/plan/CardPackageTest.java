package io.airbox.flasher.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.flasher.Finding;
import io.airbox.flasher.Finding.Code;
import io.airbox.flasher.FlashException;
import io.airbox.flasher.source.Card;
import io.airbox.flasher.source.PackageSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardPackageTest {
  @TempDir Path folder;

  private Map<String, byte[]> files;
  private int tries;

  @BeforeEach
  void copy() throws IOException {
    files = new TreeMap<>(Card.files());
  }

  @Test
  void theExactPlanIsReadFromTheScripts() throws IOException {
    CardPackage card = CardPackage.read(Card.compressed(folder), CardPackage.Depth.EVERYTHING);

    assertThat(card.form()).isEqualTo(PackageSource.Form.CARD_IMAGE);
    assertThat(card.usable()).isTrue();
    assertThat(codes(card)).containsExactly(Code.NO_SPI_IMAGE);
    FlashPlan plan = card.plan();
    assertThat(plan.writes()).hasSize(103);
    assertThat(plan.writes().get(0))
        .isEqualTo(
            new PlannedWrite(
                "gpt",
                "boot_emmc-gpt.scr",
                "gpt.gz",
                262,
                0x310000000L,
                0x320000000L,
                17408,
                0,
                34));
    assertThat(plan.writes().get(102))
        .isEqualTo(
            new PlannedWrite(
                "data",
                "boot_emmc-data.scr",
                "data.1-of-1.gz",
                746,
                0x310000000L,
                0x320000000L,
                32768,
                14656,
                64));
    assertThat(plan.byPartition().keySet())
        .containsExactly("gpt", "boot", "recovery", "misc", "rootfs", "data");
    assertThat(plan.partitions())
        .containsExactly(
            new Partition(1, "boot", 8192, 4096),
            new Partition(2, "recovery", 12288, 128),
            new Partition(3, "misc", 12416, 2048),
            new Partition(4, "rootfs", 14464, 192),
            new Partition(5, "data", 14656, 64));
    assertThat(plan.blocks()).isEqualTo(6525);
    assertThat(plan.targetBlocks()).isEqualTo(14720);
    assertThat(plan.firmware()).isFalse();
  }

  @Test
  void everyFormGivesTheSamePlanAndFindings() throws IOException {
    CardPackage card = CardPackage.read(Card.compressed(folder), CardPackage.Depth.EVERYTHING);
    List<Path> others = new ArrayList<>();
    others.add(Card.folder(folder.resolve("folder"), files));
    others.add(Card.zip(folder.resolve("p.zip"), "sdcard/", files));
    others.add(Card.tar(folder.resolve("p.tgz"), "./sdcard/", files, true));
    for (Path other : others) {
      CardPackage same = CardPackage.read(other, CardPackage.Depth.EVERYTHING);
      assertThat(same.plan()).as(other.toString()).isEqualTo(card.plan());
      assertThat(same.findings()).isEqualTo(card.findings());
      assertThat(same.files()).isEqualTo(card.files());
      assertThat(same.bytes()).isEqualTo(card.bytes());
      CardPackage quick = CardPackage.read(other, CardPackage.Depth.SCRIPTS);
      assertThat(quick.plan()).isEqualTo(card.plan());
    }
  }

  @Test
  void theTimeIsGuessedFromTheSizeUntilChunksWereMeasured() {
    FlashPlan plan = new FlashPlan(List.of(), List.of(), true, 1_000_000_000);
    assertThat(plan.estimate()).isEqualTo(Duration.ofMinutes(3));
  }

  @Test
  void aDamagedScriptIsFoundWhicheverCrcIsWrong() throws IOException {
    flip("boot_emmc-rootfs.scr", 200);
    finds(Code.SCRIPT_DAMAGED, "boot_emmc-rootfs.scr", "the CRC of its data is wrong");
    flip("boot_emmc-rootfs.scr", 40);
    finds(Code.SCRIPT_DAMAGED, "boot_emmc-rootfs.scr", "the CRC of its header is wrong");
    copy();
    flip("boot.scr", 100);
    CardPackage card = finds(Code.SCRIPT_DAMAGED, "boot.scr", "data");
    assertThat(card.plan().writes()).hasSize(103);
  }

  @Test
  void whatUBootWouldNotNoticeIsFound() throws IOException {
    byte[] chunk = files.get("rootfs.2-of-3.gz");
    flip("rootfs.2-of-3.gz", chunk.length - 8);
    finds(Code.CHUNK_DAMAGED, "rootfs.2-of-3.gz", "its CRC is wrong");
    files.put("rootfs.2-of-3.gz", Arrays.copyOf(chunk, chunk.length * 6 / 10));
    finds(Code.CHUNK_DAMAGED, "rootfs.2-of-3.gz", "it is cut off after");
    finds(Code.MD5_MISMATCH, "rootfs.2-of-3.gz", "listed is");
    files.put("rootfs.2-of-3.gz", gzip(new byte[512]));
    finds(
        Code.CHUNK_SHORT,
        "rootfs.2-of-3.gz",
        "unpacks to 512 bytes; boot_emmc-rootfs.scr wants 32768");
    files.put("rootfs.2-of-3.gz", gzip(new byte[40000]));
    finds(Code.CHUNK_LONG, "rootfs.2-of-3.gz", "unpacks to 40000");
  }

  @Test
  void missingFilesAreFound() throws IOException {
    files.remove("rootfs.2-of-3.gz");
    finds(Code.FILE_MISSING, "rootfs.2-of-3.gz", "boot_emmc-rootfs.scr loads it");
    files.remove("boot_emmc-misc.scr");
    finds(Code.SCRIPT_MISSING, "boot_emmc.scr line", "boot_emmc-misc.scr is not there");
    files.remove("md5.txt");
    finds(Code.NO_MD5_LIST, "md5.txt", "not there");
    files.remove("fip.bin");
    finds(Code.NO_FIRMWARE, "fip.bin", "not there");
    files.remove("BOOT");
    finds(Code.NO_MARKER, "BOOT", "not there");
    files.remove("boot.scr");
    finds(Code.NO_BOOT_SCRIPT, "boot.scr", "not there");
  }

  @Test
  void stepsThatDoNotBelongTogetherAreFound() throws IOException {
    edit("boot_emmc-data", text -> text.replace("mmc write", "mmc read"));
    finds(
        Code.STEP_INCOMPLETE,
        "boot_emmc-data.scr at its end",
        "data.1-of-1.gz is unpacked and not written");
    edit("boot_emmc-data", text -> text.replace("unzip", "unlzma"));
    finds(Code.STEP_INCOMPLETE, "boot_emmc-data.scr line", "without its load and unzip");
    edit(
        "boot_emmc-data", text -> text.replace("mmc write ${unzip_addr}", "mmc write 0x330000000"));
    finds(Code.STEP_INCOMPLETE, "boot_emmc-data.scr line", "mmc write of 0x330000000");
    edit("boot_emmc-data", text -> text.replace(" 0x00008000\n", "\n"));
    finds(Code.STEP_INCOMPLETE, "boot_emmc-data.scr line", "without a limit");
    edit("boot_emmc-data", text -> text.replace("0x00008000", "0x00007e00"));
    finds(
        Code.SIZE_MISMATCH,
        "boot_emmc-data.scr line",
        "unpacks 32256 bytes and writes 64 blocks, which are 32768");
    edit(
        "boot_emmc-data",
        text ->
            "source ${scriptaddr}\n"
                + "load ${devtype} ${devnum}:${distro_bootpart} ${scriptaddr}"
                + " /$ota_path/boot_emmc-data.scr\n");
    finds(Code.STEP_INCOMPLETE, "boot_emmc-data.scr line 2", "without end");
  }

  @Test
  void writesInTheWrongPlaceAreFound() throws IOException {
    edit("boot_emmc-data", text -> text.replace("0x00003940", "0x00003900"));
    finds(Code.WRITES_OVERLAP, "data.1-of-1.gz", "rootfs.3-of-3.gz");
    edit("boot_emmc-data", text -> text.replace("0x00003940", "0x00003941"));
    finds(Code.WRITE_OUTSIDE_PARTITION, "data.1-of-1.gz", "blocks 14657…14720");
    edit("boot_emmc-recovery", text -> text.replace("recovery.2-of-2", "recovery.1-of-2"));
    finds(
        Code.CHUNK_SEQUENCE,
        "boot_emmc-recovery.scr",
        "recovery.1-of-2.gz comes after recovery.1-of-2.gz");
    edit("boot_emmc-recovery", text -> text.replace("0x00003040", "0x00003041"));
    finds(Code.CHUNK_SEQUENCE, "boot_emmc-recovery.scr", "begins at block 12353");
    edit("boot_emmc", text -> text.replace("mmc dev 0", "mmc dev 1"));
    finds(Code.OTHER_DEVICE, "boot_emmc-gpt.scr line", "writes to mmc 1");
    edit("boot_emmc", text -> text.replace("boot_emmc-data", "boot_emmc-rootfs"));
    finds(Code.SCRIPT_NOT_CALLED, "boot_emmc-data.scr", "boot_emmc.scr does not call it");
    edit("boot", text -> text.replace("boot_emmc", "boot_spif"));
    finds(Code.SCRIPT_NOT_CALLED, "boot_emmc.scr", "boot.scr does not call it");
    edit("boot", text -> "echo nothing\n");
    files.remove("boot_emmc.scr");
    finds(Code.NO_WRITES, "boot.scr", "no mmc write");
  }

  @Test
  void aTableThatIsNoneIsFound() throws IOException {
    files.put("gpt.gz", gzip(new byte[17408]));
    finds(Code.GPT_DAMAGED, "gpt.gz", "no GPT header");
    edit("boot_emmc", text -> text.replace("boot_emmc-gpt", "boot_emmc-data"));
    finds(Code.NO_PARTITION_TABLE, "gpt.gz", "block 0");
  }

  @Test
  void strangersOnTheCardAreFound() throws IOException {
    files.put("boot.scr.emmc", new byte[1]);
    finds(Code.STRAY_BOOT_SCRIPT, "boot.scr.emmc", "root of the card");
    files.put("extlinux/extlinux.conf", new byte[1]);
    finds(Code.STRAY_BOOT_SCRIPT, "extlinux/", "folder");
    files.put("._boot.scr", new byte[1]);
    finds(Code.MACOS_DOUBLE, "._boot.scr", "1 bytes");
    files.put("rootfs.4-of-4.gz", gzip(new byte[512]));
    finds(Code.FILE_UNUSED, "rootfs.4-of-4.gz", "no script loads it");
    files.put("Boot.SCR", new byte[1]);
    finds(Code.NAME_TWICE, "boot.scr", "beside Boot.SCR");
  }

  @Test
  void theListOfChecksumsIsHeldToTheFiles() throws IOException {
    String list = new String(files.get("md5.txt"), StandardCharsets.UTF_8);
    files.put(
        "md5.txt",
        list.replaceFirst("(?m)^.*  data.1-of-1.gz\n", "").getBytes(StandardCharsets.UTF_8));
    finds(Code.MD5_UNLISTED, "data.1-of-1.gz", "md5.txt");
    files.put("md5.txt", ("hello\n" + list).getBytes(StandardCharsets.UTF_8));
    finds(Code.MD5_LINE, "md5.txt line 1", "no checksum");
    files.put("md5.txt", list.replace("data.1", "data.9").getBytes(StandardCharsets.UTF_8));
    finds(Code.MD5_LINE, "md5.txt line", "data.9-of-1.gz is not there");
    files.put("md5.txt", list.getBytes(StandardCharsets.UTF_8));
    flip("fip.bin", 7);
    finds(Code.MD5_MISMATCH, "fip.bin", "its MD5 is");
  }

  @Test
  void firmwareIsPartOfThePlanWhereAScriptWritesIt() throws IOException {
    edit(
        "boot_spif",
        text ->
            "load ${devtype} ${devnum}:${distro_bootpart} ${ramdisk_addr_r}"
                + " /$ota_path/spi_flash.bin\n"
                + "sf update\n");
    finds(Code.NO_SPI_IMAGE, "spi_flash.bin", "no script writes");
    files.put("spi_flash.bin", new byte[1000]);
    CardPackage card = finds(Code.SPI_IMAGE_SHORT, "spi_flash.bin", "1000 bytes, of which 2097152");
    assertThat(card.plan().firmware()).isTrue();
  }

  @Test
  void chunksHaveToFitBetweenTheAddresses() throws IOException {
    edit("boot", text -> "setenv unzip_addr 0x310000100\n" + text);
    CardPackage card =
        finds(Code.CHUNK_TOO_LARGE, "rootfs.1-of-3.gz", "there is room for 256 at 0x310000000");
    assertThat(card.plan().writes().get(0).unzipAddress()).isEqualTo(0x310000100L);
  }

  @Test
  void chunksWithSomethingBehindThemAndOtherPartitionsAreSaid() throws IOException {
    byte[] chunk = files.get("data.1-of-1.gz");
    files.put("data.1-of-1.gz", Arrays.copyOf(chunk, chunk.length + 3));
    finds(Code.GZIP_TRAILING, "data.1-of-1.gz", "3 bytes behind");
    edit("boot_emmc", text -> text.replace("boot_emmc-data", "boot_emmc-user"));
    files.put("boot_emmc-user.scr", files.remove("boot_emmc-data.scr"));
    finds(Code.OTHER_PARTITION, "boot_emmc-user.scr", "goes into partition data");
  }

  @Test
  void filesOfACardHaveToLieInItsRoot() throws IOException {
    Path image = Files.write(folder.resolve("card.img"), noBootScript(Card.image()));
    CardPackage card = CardPackage.read(image, CardPackage.Depth.SCRIPTS);
    assertThat(codes(card)).contains(Code.NO_BOOT_SCRIPT);
    assertThat(card.usable()).isFalse();
  }

  /** The long and short names of boot.scr made others. */
  private static byte[] noBootScript(byte[] image) {
    byte[] name = "BOOT    SCR".getBytes(StandardCharsets.US_ASCII);
    for (int at = 0; at < image.length - name.length; at += 32) {
      if (Arrays.equals(image, at, at + name.length, name, 0, name.length)) {
        image[at] = 'C';
        return image;
      }
    }
    throw new AssertionError("no boot.scr on the card");
  }

  @Test
  void whatHoldsNoPackageIsRefused() throws IOException {
    Path zip = Card.zip(folder.resolve("other.zip"), "", Map.of("readme", new byte[1]));
    assertThatThrownBy(() -> CardPackage.read(zip, CardPackage.Depth.SCRIPTS))
        .isInstanceOf(FlashException.class)
        .hasMessageContaining("there is no boot.scr, neither at its top nor one folder down");
    Path tgz = Card.tar(folder.resolve("p.tgz"), "", files, true);
    byte[] bytes = Files.readAllBytes(tgz);
    Files.write(tgz, Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> CardPackage.read(tgz, CardPackage.Depth.SCRIPTS))
        .isInstanceOfSatisfying(
            FlashException.class,
            error -> assertThat(error.reason()).isEqualTo(FlashException.Reason.UNREADABLE))
        .hasMessageContaining("is cut off");
  }

  @Test
  void readingEndsWhenItIsInterrupted() throws IOException {
    Path package_ = Card.folder(folder.resolve("p"), files);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> CardPackage.read(package_, CardPackage.Depth.EVERYTHING))
          .isInstanceOfSatisfying(
              FlashException.class,
              error -> assertThat(error.reason()).isEqualTo(FlashException.Reason.INTERRUPTED));
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private void flip(String name, int at) {
    byte[] bytes = files.get(name).clone();
    bytes[at] ^= 1;
    files.put(name, bytes);
  }

  private void edit(String script, UnaryOperator<String> change) throws IOException {
    files = new TreeMap<>(Card.files());
    byte[] before = files.get(script + ".scr");
    byte[] after = Scripts.image(script, change.apply(Scripts.text(before)));
    assertThat(after).isNotEqualTo(before);
    files.put(script + ".scr", after);
  }

  private CardPackage finds(Code code, String where, String part) throws IOException {
    Path path = Card.tar(folder.resolve("try" + tries++), "", files, false);
    CardPackage card = CardPackage.read(path, CardPackage.Depth.EVERYTHING);
    assertThat(card.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.code()).isEqualTo(code);
              assertThat(finding.where()).startsWith(where);
              assertThat(finding.value()).contains(part);
            });
    assertThat(card.usable()).isEqualTo(card.findings().stream().noneMatch(Finding::error));
    return card;
  }

  private static Set<Code> codes(CardPackage card) {
    Set<Code> codes = EnumSet.noneOf(Code.class);
    card.findings().forEach(finding -> codes.add(finding.code()));
    return codes;
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  @Test
  void theChecksumsAreThoseOfMd5sum() throws NoSuchAlgorithmException {
    String list = new String(files.get("md5.txt"), StandardCharsets.UTF_8);
    String md5 =
        HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(files.get("fip.bin")));
    assertThat(list).contains(md5 + "  fip.bin\n");
  }
}
