package io.airbox.flasher;

/**
 * Something about a card package that is not as it has to be.
 *
 * @param code what kind of thing
 * @param where file, script line or place on the card
 * @param value what is there, beside what should be
 */
public record Finding(Code code, String where, String value) {
  /** How much it matters. */
  public enum Severity {
    /** The flash would fail, skip something or write something wrong. */
    ERROR,
    /** The flash may work all the same. */
    WARNING
  }

  /** Every kind of finding, with what to do about it. */
  public enum Code {
    /** There is no top script, so U-Boot would not flash at all. */
    NO_BOOT_SCRIPT(
        Severity.ERROR,
        "copy the files to the card's root, boot.scr among them, or get the package anew"),
    /** A script that another one calls is not there: U-Boot goes on without it. */
    SCRIPT_MISSING(Severity.ERROR, "get the package anew"),
    /** A script that U-Boot refuses: it skips what the script would have written, and goes on. */
    SCRIPT_DAMAGED(Severity.ERROR, "get the package anew; U-Boot would skip this script and go on"),
    /** A script that should be called by another one and is not. */
    SCRIPT_NOT_CALLED(
        Severity.ERROR,
        "use a package whose scripts call each other; this part would not be flashed"),
    /** A file is loaded, unpacked or written without the other two steps. */
    STEP_INCOMPLETE(
        Severity.ERROR, "use a package of the usual making: load, unzip, mmc write for each chunk"),
    /** The scripts write nothing. */
    NO_WRITES(Severity.ERROR, "use a package for flashing; this one writes nothing"),
    /** The eMMC is not the device that is written to. */
    OTHER_DEVICE(Severity.ERROR, "use a package that selects the eMMC (mmc dev 0)"),
    /** Two writes touch the same blocks. */
    WRITES_OVERLAP(Severity.ERROR, "use another package; the later write destroys the earlier one"),
    /** A write is not inside one partition of the table that the package writes. */
    WRITE_OUTSIDE_PARTITION(
        Severity.ERROR, "use a package whose scripts and partition table belong together"),
    /** A script unpacks another number of bytes than it writes. */
    SIZE_MISMATCH(
        Severity.ERROR, "use another package; the rest of the blocks would be old memory"),
    /** A file that a script loads is not there: the flash ends in an error loop. */
    FILE_MISSING(Severity.ERROR, "get the package anew, or copy it to the card again"),
    /** Reading a file failed. */
    FILE_UNREADABLE(
        Severity.ERROR, "try another reader or port; if it stays, write the files to another card"),
    /**
     * A chunk is not whole gzip. U-Boot checks neither CRC nor length, so no console line shows it.
     */
    CHUNK_DAMAGED(
        Severity.ERROR,
        "get the package anew; U-Boot does not notice this and writes it all the same"),
    /** A chunk holds fewer bytes than the script writes. U-Boot writes old memory for the rest. */
    CHUNK_SHORT(
        Severity.ERROR, "get the package anew; U-Boot does not notice this and writes old memory"),
    /** A chunk holds more bytes than the script allows: unzip fails. */
    CHUNK_LONG(Severity.ERROR, "use a package whose scripts and chunks belong together"),
    /** A compressed chunk does not fit between the addresses of loading and unpacking. */
    CHUNK_TOO_LARGE(Severity.ERROR, "use a package with smaller chunks"),
    /** Chunks of a partition are not numbered, or not placed, one behind the other. */
    CHUNK_SEQUENCE(Severity.ERROR, "use another package; part of the partition would be missing"),
    /** A file is not the one that md5.txt was made of. */
    MD5_MISMATCH(Severity.ERROR, "get the package anew, or copy it to the card again"),
    /** A boot script that U-Boot prefers to boot.scr, so that it would not flash. */
    STRAY_BOOT_SCRIPT(Severity.ERROR, "remove it; U-Boot runs it instead of boot.scr"),
    /** The partition table that would be written is not one. */
    GPT_DAMAGED(Severity.ERROR, "use another package; the box would not find its partitions"),
    /** The image is not a card that the first-stage loader can read. */
    CARD_LAYOUT(
        Severity.ERROR,
        "write the files to a card with an MBR and one FAT32 partition of 512-byte sectors"),
    /** Two files whose names FAT does not tell apart. */
    NAME_TWICE(Severity.ERROR, "remove one of them; a card can hold only one"),
    /** There is no list of checksums. */
    NO_MD5_LIST(
        Severity.WARNING, "prefer a package with md5.txt; damage to its scripts shows only there"),
    /** A file that the flash needs is not in the list of checksums. */
    MD5_UNLISTED(
        Severity.WARNING, "nothing says what this file should be; prefer a package that lists it"),
    /** A line of the list names no file, or is no checksum. */
    MD5_LINE(
        Severity.WARNING, "the list was made of another set of files; compare with the source"),
    /** Without it a box with damaged boot firmware does not start from the card. */
    NO_FIRMWARE(Severity.WARNING, "copy fip.bin as well, if the box does not start from the card"),
    /** The marker by which tools know the root of a package. */
    NO_MARKER(Severity.WARNING, "add an empty file BOOT, for tools that look for it"),
    /** The boot firmware in the SPI flash stays as it is. */
    NO_SPI_IMAGE(Severity.WARNING, "fine if the box's boot firmware suits the package"),
    /** The boot firmware's image is shorter than what is written. */
    SPI_IMAGE_SHORT(Severity.WARNING, "use another package; the rest would be old memory"),
    /** The table of the eMMC stays as it is. */
    NO_PARTITION_TABLE(Severity.WARNING, "fine if the box has the same partitions already"),
    /** A script says one partition and writes into another. */
    OTHER_PARTITION(Severity.WARNING, "compare the package's scripts with its partition table"),
    /** A chunk or script that nothing uses. */
    FILE_UNUSED(
        Severity.WARNING, "left over from another package, or a call is missing: compare sizes"),
    /** Bytes behind a chunk's gzip data, which U-Boot ignores. */
    GZIP_TRAILING(Severity.WARNING, "get the package anew if its checksums do not match"),
    /** A file that macOS made beside the real one. */
    MACOS_DOUBLE(Severity.WARNING, "remove it: dot_clean, or rm ._*");

    private final Severity severity;
    private final String advice;

    Code(Severity severity, String advice) {
      this.severity = severity;
      this.advice = advice;
    }

    public Severity severity() {
      return severity;
    }

    /** What to do, as part of a sentence. */
    public String advice() {
      return advice;
    }
  }

  public Severity severity() {
    return code.severity();
  }

  public String advice() {
    return code.advice();
  }

  /** Whether a flash with this would go wrong. */
  public boolean error() {
    return severity() == Severity.ERROR;
  }

  /** {@code where: value; advice}. */
  @Override
  public String toString() {
    return where + ": " + value + "; " + advice();
  }
}
