package io.airbox.flasher.watch;

/** Everything that goes wrong in a flash, with its cause and what to do. */
public enum Symptom {
  FILE_UNREADABLE(
      "a file of the card is missing or cannot be read",
      "verify the card or write it anew; if it stays, take another card or reader"),
  CARD_DAMAGED(
      "the card's file system is damaged",
      "format and write the card anew; if it stays, take another card"),
  CARD_FORMAT(
      "the card's format is not one that the box reads",
      "format it with an MBR and one FAT32 partition, sectors of 512 bytes, clusters up to 64 KiB"),
  CHUNK_TOO_LARGE("a chunk does not fit into the memory for loading", "use another package"),
  CHUNK_CORRUPT(
      "a chunk cannot be unpacked, or is longer than planned",
      "check the package, then write the card anew"),
  CHUNK_SHORT(
      "a chunk unpacks to less than is written: the rest on the eMMC is old memory, though the box"
          + " says OK",
      "check the package, write the card anew and flash again"),
  CHUNK_DAMAGED(
      "a chunk of the package is damaged; the box does not check its CRC and says OK",
      "get the package anew, write the card and flash again"),
  LOAD_LOOP(
      "loading or unpacking the last file failed, and the script stopped",
      "see the file that is named; verify the card or write it anew"),
  WRITE_FAILED(
      "the eMMC did not take a write",
      "let the box cool down, cut its power and flash again; if it fails at the same block, the"
          + " eMMC is defective"),
  EMMC_DEFECT("the eMMC failed twice at the same block", "the eMMC is defective: service"),
  TARGET_TOO_SMALL("the package's layout is larger than this eMMC", "use a package for this box"),
  TARGET_PROTECTED("the eMMC is write protected", "service"),
  NO_EMMC(
      "the eMMC does not answer", "cut the power for a minute and try again; if it stays: service"),
  NO_SPI_FLASH(
      "the SPI flash does not answer",
      "cut the power for a minute and try again; if it stays: service"),
  SPI_FLASH_FAILED(
      "the boot firmware was not written whole; the box may start from the card only",
      "keep the card in and flash again; do not cut the power without a card"),
  SCRIPT_CORRUPT(
      "a script of the card is damaged; the box skips what it would have written and goes on",
      "check the package, write the card anew and flash again, whatever the box says in the end"),
  SCRIPT_FAILED(
      "the flash script ended with an error",
      "see what is said before it; write the card anew and flash again"),
  COMMAND_UNKNOWN(
      "the box's firmware lacks a command that the package needs",
      "use a package with its own fip.bin on the card"),
  CONTROLLER_STUCK(
      "the controller of card or eMMC reported errors and nothing went on",
      "cut the power, clean or change the card, flash again"),
  CRASHED(
      "the boot loader crashed",
      "cut the power and flash again; if it stays, take another power supply"),
  RESET_WHILE_FLASHING(
      "the box was reset or lost power in the middle of the flash",
      "let it run again with the card in; it starts from the beginning, which is safe"),
  STARTED_AGAIN(
      "the flash was started again, since the card was left in",
      "let it run to its end, then remove the card before you switch on again"),
  PARTITION_SKIPPED(
      "nothing was seen of a whole partition",
      "check the package, write the card anew and flash again"),
  OTHER_PACKAGE(
      "the box writes something else than the package holds",
      "name the package that is on the card, or write the card anew"),
  OTHER_CHIP("the box has another chip than a BM1684X", "use a package for this chip"),
  NO_CARD(
      "the box sees no card",
      "push the card in until it clicks, or take another card; then switch on again"),
  NO_SCRIPT("the card holds no boot.scr", "copy the package's files to the root of the card"),
  BOOT_STOPPED(
      "a byte on the line stopped the boot in its countdown",
      "type boot at the prompt, or switch off and on; close other programs on the port,"
          + " ModemManager among them"),
  SYSTEM_UNBOOTABLE("the installed system does not boot", "flash again"),
  GARBAGE("most of what comes is no text", "set the port to 115200 baud, 8N1; check the cable"),
  SILENCE(
      "the box or the cable fell silent",
      "check the cable and the box's power; if the box stopped: cut its power and flash again"),
  PACKAGE_DEFECT("the package is defective", "see its findings: airbox flash plan PACKAGE");

  private final String cause;
  private final String advice;

  Symptom(String cause, String advice) {
    this.cause = cause;
    this.advice = advice;
  }

  /** What it means. */
  public String cause() {
    return cause;
  }

  /** What to do. */
  public String advice() {
    return advice;
  }

  /** Whether it only says that something failed, which another one tells better. */
  boolean general() {
    return this == LOAD_LOOP || this == WRITE_FAILED || this == SCRIPT_FAILED || this == SILENCE;
  }
}
