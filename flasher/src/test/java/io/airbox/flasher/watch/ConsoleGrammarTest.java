package io.airbox.flasher.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each line of which U-Boot's sources and the vendor's scripts tell, seen during a flash. */
class ConsoleGrammarTest {
  private static final String BEGIN =
      "Found U-Boot script /boot.scr\nupdate eMMC\nfs reading //rootfs.2-of-27.gz\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ERROR: load package failed|LOAD_LOOP",
        "Failed to load '//rootfs.2-of-27.gz'|FILE_UNREADABLE",
        "** Unable to read file rootfs.2-of-27.gz **|FILE_UNREADABLE",
        "Error reading cluster|CARD_DAMAGED",
        "Invalid FAT entry|CARD_DAMAGED",
        "Error: Invalid FAT entry|CARD_DAMAGED",
        "Error: FAT cluster size too big|CARD_FORMAT",
        "Error: FAT sector size mismatch (fs=4096, dev=512)|CARD_FORMAT",
        "Error: FAT cluster size not set|CARD_FORMAT",
        "** Can't set block device **|CARD_FORMAT",
        "** Partition 1 not valid on device 1 **|CARD_FORMAT",
        "** No valid FAT fs found **|CARD_FORMAT",
        "** Reading file would overwrite reserved memory **|CHUNK_TOO_LARGE",
        "Error: Bad gzipped data|CHUNK_CORRUPT",
        "Error: gunzip out of data in header|CHUNK_CORRUPT",
        "Error: inflate() returned -3|CHUNK_CORRUPT",
        "Error: inflateInit2() returned -5|CHUNK_CORRUPT",
        "mmc write failed|WRITE_FAILED",
        "mmc fail to send stop cmd|WRITE_FAILED",
        "Timeout waiting card ready|WRITE_FAILED",
        "Status Error: 0x00000900|WRITE_FAILED",
        "ERROR: eMMC write failed|WRITE_FAILED",
        "MMC: block number 0x20400 exceeds max(0x20000)|TARGET_TOO_SMALL",
        "Error: card is write protected!|TARGET_PROTECTED",
        "ERROR: eMMC not exist|NO_EMMC",
        "Card did not respond to voltage select! : -110|NO_EMMC",
        "unable to select a mode|NO_EMMC",
        "ERROR: SPI flash not exist|NO_SPI_FLASH",
        "Failed to initialize SPI flash at 0:0 (error -19)|NO_SPI_FLASH",
        "unrecognized JEDEC id bytes: ff, ff, ff|NO_SPI_FLASH",
        "SPI flash failed in erase step|SPI_FLASH_FAILED",
        "ERROR: flash area is locked|SPI_FLASH_FAILED",
        "Bad magic number|SCRIPT_CORRUPT",
        "Bad header crc|SCRIPT_CORRUPT",
        "Bad data crc|SCRIPT_CORRUPT",
        "Wrong image format for \"source\" command|SCRIPT_CORRUPT",
        "Bad image type|SCRIPT_CORRUPT",
        "Empty Script|SCRIPT_CORRUPT",
        "SCRIPT FAILED: continuing...|SCRIPT_FAILED",
        "Transfer data timeout|CONTROLLER_STUCK",
        "Timeout for status update!|CONTROLLER_STUCK",
        "MMC: 1 busy 10 ms timeout.|CONTROLLER_STUCK",
        "sdhci_send_command: Error detected in status(0x408000)!|CONTROLLER_STUCK",
        "Unknown command 'unzip' - try 'help'|COMMAND_UNKNOWN",
        "Usage:|COMMAND_UNKNOWN",
        "\"Synchronous Abort\" handler, esr 0x96000010|CRASHED",
        "### ERROR ### Please RESET the board ###|CRASHED",
        "Must RESET board to recover|CRASHED",
        "Wrong Image Format for bootm command|SYSTEM_UNBOOTABLE",
        "Bad Linux ARM64 Image magic!|SYSTEM_UNBOOTABLE",
        "ERROR -2: Can't get kernel image!|SYSTEM_UNBOOTABLE",
        "chip_type=bm1684|OTHER_CHIP",
        "NOTICE:  BL1: v2.7|RESET_WHILE_FLASHING",
        "U-Boot 2022.10 (May 18 2024)|RESET_WHILE_FLASHING",
        "resetting ...|RESET_WHILE_FLASHING"
      })
  void aFatalLineIsKnownWithAndWithoutItsBlanks(String line, Symptom symptom) {
    for (String text : new String[] {line, line.replace(" ", ""), "~" + line}) {
      if (text.startsWith("~") && (line.startsWith("Usage") || line.startsWith("resetting"))) {
        continue;
      }
      FlashReport report = Captures.read(BEGIN + text + "\r\n");
      assertThat(report.problems()).as(text).extracting(Problem::symptom).contains(symptom);
      assertThat(report.verdict()).isIn(Verdict.FAILED, Verdict.INCOMPLETE);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "LED 'status' not found (err=-19)|NO_LED",
        "Failed to load '//post.scr'|NO_POST_SCRIPT",
        "Failed to load '//spi_flash.bin'|NO_FIRMWARE_IMAGE",
        "skip SPI flash update.|NO_FIRMWARE_IMAGE",
        "*** Warning - bad CRC, using default environment|DEFAULT_ENVIRONMENT",
        "Loading Environment from FAT... Unable to read \"uboot.env\" from"
            + " mmc0:1...|DEFAULT_ENVIRONMENT",
        "Unknown command 'led' - try 'help'|OPTIONAL_COMMAND",
        "bm savelog 8191 bytes written in 12 ms (666 KiB/s)|LOG_CUT",
        "GPT:Alternate GPT header not at the end of the disk.|ALTERNATE_TABLE",
        "EXT4-fs (mmcblk0p5): 2 orphan inodes deleted|FIRST_BOOT",
        "NOTICE:  BM1684X board type: 137/0x0/0x1|OTHER_BOARD"
      })
  void aHarmlessLineIsKnownAndStaysHarmless(String line, Notice notice) {
    FlashReport report = Captures.read(BEGIN + line + "\n");
    assertThat(report.problems()).isEmpty();
    assertThat(report.remarks()).extracting(Remark::notice).containsExactly(notice);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "NOTICE:  BL1: v2.7(release)|FIRMWARE",
        "U-Boot 2022.10-g1 Sophon BM1684|BOOT_LOADER",
        "Hit any key to stop autoboot:  1 |COUNTDOWN",
        "bm1684# |PROMPT",
        "=> |PROMPT",
        "mmc0(part 0) is current device|BOOT_LOADER",
        "Starting kernel ...|LINUX",
        "[    0.000000] Linux version 5.4.217-bm1684|LINUX",
        "Ubuntu 20.04 LTS bm1684 ttyS0|LINUX",
        "bm1684 login: |LOGIN",
        "linaro@bm1684:~$ |SHELL",
        "Updating, 42% 131072 B/s|IDLE",
        "update SPI flash|FLASH_FIRMWARE",
        "update eMMC|FLASH_EMMC",
        "fs reading //misc.1-of-1.gz|FLASH_EMMC",
        "all done|DONE",
        "Please remove the installation medium, then reboot|DONE",
        "ERROR: eMMC not exist|ERROR_LOOP",
        "hello|IDLE"
      })
  void aLineTellsWhereTheBoxIs(String line, Stage stage) {
    assertThat(Captures.read(line).stage()).isEqualTo(stage);
  }

  @Test
  void troubleThatPassesIsHarmless() {
    FlashReport report =
        Captures.read(
            BEGIN
                + "Transfer data timeout\nMMC write: dev # 0, block # 9, count 34 ... 34 blocks"
                + " written: OK\n");
    assertThat(report.problems()).isEmpty();
    assertThat(report.remarks())
        .extracting(Remark::notice)
        .containsExactly(Notice.CONTROLLER_TROUBLE);
  }

  @Test
  void garbageIsToldFromText() {
    byte[] garbage = new byte[2000];
    for (int i = 0; i < garbage.length; i++) {
      garbage[i] = (byte) (i * 37 + 0x80 + i % 3);
    }
    FlashWatcher watcher = FlashWatcher.withoutPlan(Captures.STILL);
    watcher.accept(garbage, 0, garbage.length);
    FlashReport report = watcher.report();
    assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(report.problems()).extracting(Problem::symptom).containsExactly(Symptom.GARBAGE);
    assertThat(Captures.read("hello\n".repeat(1000)).problems()).isEmpty();
  }

  @Test
  void sequencesBackspacesAndRedrawsAreUndone() {
    FlashReport report =
        Captures.read(
            "\u001b[1;32mFound\u001b[0m U-Boot\0 script /boot.scrX\b \r\nupdaXe\b\bte eMMC\r");
    assertThat(report.stage()).isEqualTo(Stage.FLASH_EMMC);
    assertThat(report.attempts()).isEqualTo(1);
  }
}
