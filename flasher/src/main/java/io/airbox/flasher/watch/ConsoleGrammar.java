package io.airbox.flasher.watch;

import io.airbox.flasher.watch.ConsoleEvent.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The lines of U-Boot 2022.10 and of the vendor's flash scripts. All blanks are taken out of a line
 * before it is matched, since a console or a copy of its text may lose some; so the expressions
 * have none. A line can hold several events, as a write and its result.
 */
final class ConsoleGrammar {
  /** An expression that is tried only where its word is in the line. */
  private record Rule(
      String word, Pattern pattern, Kind kind, int radix, @Nullable Symptom symptom) {}

  private static final List<Rule> RULES =
      List.of(
          rule("NOTICE:", "NOTICE:BL[12]", Kind.FIRMWARE),
          rule("boardtype:", "boardtype:(\\d{1,6})/0x", Kind.BOARD),
          rule("U-Boot", "U-Boot(20\\d\\d\\.\\d\\d)", Kind.BOOT_LOADER),
          rule("U-Boot", "FoundU-Bootscript(/[\\w./-]+)", Kind.SCRIPT_FOUND),
          rule("autoboot", "Hitanykeytostopautoboot", Kind.COUNTDOWN),
          rule("bm1684#", "^bm1684#", Kind.PROMPT),
          rule("sophon#", "^sophon#", Kind.PROMPT),
          rule("=>", "^=>", Kind.PROMPT),
          rule("currentdevice", "mmc(\\d)(?:\\(part\\d\\))?iscurrentdevice", Kind.DEVICE),
          rule("Scanning", "Scanningmmc(\\d):", Kind.SCANNING),
          rule("fsreading", "fsreading:?/{1,2}([\\w.-]+)", Kind.READING),
          rule("bytesread", "(\\d{1,12})bytesread(?:in)?(\\d{1,9})ms", Kind.LOADED),
          rule("update", "^.{0,3}updateSPIflash.{0,3}$", Kind.UPDATE_FIRMWARE),
          rule("update", "^.{0,3}updateeMMC.{0,3}$", Kind.UPDATE_EMMC),
          rule("update", "SPIflashupdatedone", Kind.FIRMWARE_DONE),
          rule("update", "skipSPIflashupdate", Kind.FIRMWARE_SKIPPED),
          rule("update", "eMMCupdatedone", Kind.EMMC_DONE),
          rule("alldone", "^.{0,3}alldone.{0,3}$", Kind.ALL_DONE),
          rule("medium", "installationmedium,?then", Kind.REMOVE_CARD),
          rule("chip_type", "chip_type=(\\w+)", Kind.CHIP),
          rule("Updating", "Updating,(\\d{1,3})%", Kind.FIRMWARE_PROGRESS),
          rule(
              "byteswritten",
              "(\\d{1,9})byteswritten,(\\d{1,9})bytesskipped",
              Kind.FIRMWARE_RESULT),
          rule("byteswritten", "savelog(\\d{1,9})byteswritten", Kind.LOG_SAVED),
          hex("Uncompressed", "Uncompressedsize:(\\d{1,12})=0x([0-9A-Fa-f]{1,10})", Kind.UNPACKED),
          rule("MMCwrite", "MMCwrite:dev#\\d,block#(\\d{1,12}),count(\\d{1,9})", Kind.WRITE),
          rule("blockswritten", "(\\d{1,9})blockswritten:(OK|ERROR)", Kind.WRITTEN),
          rule("resetting", "^resetting\\.\\.\\.", Kind.RESETTING),
          rule("Startingkernel", "Startingkernel", Kind.LINUX),
          rule("Linux", "Linuxversion\\d", Kind.LINUX),
          rule("LTS", "Ubuntu[\\d.]+LTS", Kind.LINUX),
          rule("login:", "\\wlogin:$", Kind.LOGIN),
          rule("@", "^(?:linaro|admin|root)@[\\w-]+:.*[$#]$", Kind.SHELL),
          rule("notfound", "LED'\\w*'notfound", Kind.NO_LED),
          rule("cardpresent", "MMC:nocardpresent", Kind.NO_CARD),
          rule("respond", "Carddidnotrespondtovoltageselect", Kind.NO_ANSWER),
          rule("uboot.env", "Unabletoread\"uboot\\.env\"", Kind.ENVIRONMENT),
          rule("CRC", "badCRC", Kind.ENVIRONMENT),
          rule("GPT", "[Aa]lternateGPT", Kind.TABLE_MOVED),
          rule("EXT4-fs", "EXT4-fs", Kind.FILE_SYSTEM),
          rule("ailed", "Failedtoload'/*([^']*)'", Kind.LOAD_FAILED),
          rule("Unknowncommand", "Unknowncommand'(\\w+)'", Kind.COMMAND_UNKNOWN),
          rule("Usage:", "^Usage:$", Kind.USAGE),
          rule("SCRIPT", "SCRIPTFAILED", Kind.SCRIPT_FAILED),
          rule("imeout", "Transferdatatimeout|Timeoutforstatusupdate", Kind.CONTROLLER),
          rule("imeout", "MMC:\\d+busy.*timeout", Kind.CONTROLLER),
          rule("Error", "Errordetectedinstatus", Kind.CONTROLLER),
          loop("ERROR:loadpackagefailed", Symptom.LOAD_LOOP),
          loop("ERROR:eMMCwritefailed", Symptom.WRITE_FAILED),
          loop("ERROR:eMMCnotexist", Symptom.NO_EMMC),
          loop("ERROR:SPIflashnotexist", Symptom.NO_SPI_FLASH),
          fatal("Unable", "Unabletoreadfile", Symptom.FILE_UNREADABLE),
          fatal("Error", "Errorreadingcluster", Symptom.CARD_DAMAGED),
          fatal("FAT", "InvalidFATentry", Symptom.CARD_DAMAGED),
          fatal("FAT", "Error:FAT(?:clustersize|sectorsize)", Symptom.CARD_FORMAT),
          fatal("FAT", "NovalidFATfsfound", Symptom.CARD_FORMAT),
          fatal("blockdevice", "Can'tsetblockdevice", Symptom.CARD_FORMAT),
          fatal("notvalid", "Partition\\d+notvalidondevice", Symptom.CARD_FORMAT),
          fatal("reservedmemory", "wouldoverwritereservedmemory", Symptom.CHUNK_TOO_LARGE),
          fatal("Bad", "Badgzippeddata", Symptom.CHUNK_CORRUPT),
          fatal("gunzip", "gunzipoutofdata", Symptom.CHUNK_CORRUPT),
          fatal("inflate", "inflate(?:Init2)?\\(\\)returned", Symptom.CHUNK_CORRUPT),
          fatal("ailed", "mmcwritefailed", Symptom.WRITE_FAILED),
          fatal("stopcmd", "mmcfailtosendstopcmd", Symptom.WRITE_FAILED),
          fatal("cardready", "Timeoutwaitingcardready", Symptom.WRITE_FAILED),
          fatal("Error", "StatusError:0x", Symptom.WRITE_FAILED),
          fatal("exceedsmax", "blocknumber0x\\w+exceedsmax", Symptom.TARGET_TOO_SMALL),
          fatal("protected", "cardiswriteprotected", Symptom.TARGET_PROTECTED),
          fatal("selectamode", "unabletoselectamode", Symptom.NO_EMMC),
          fatal("ailed", "FailedtoinitializeSPIflash", Symptom.NO_SPI_FLASH),
          fatal("JEDEC", "unrecognizedJEDECid", Symptom.NO_SPI_FLASH),
          fatal("ailed", "SPIflashfailedin", Symptom.SPI_FLASH_FAILED),
          fatal("ERROR", "ERROR:flashareaislocked", Symptom.SPI_FLASH_FAILED),
          fatal(
              "Bad", "Badmagicnumber|Badheadercrc|Baddatacrc|Badimagetype", Symptom.SCRIPT_CORRUPT),
          fatal("ormat", "Wrongimageformatfor\"source\"", Symptom.SCRIPT_CORRUPT),
          fatal("EmptyScript", "EmptyScript", Symptom.SCRIPT_CORRUPT),
          fatal("Abort", "\"SynchronousAbort\"handler", Symptom.CRASHED),
          fatal("RESET", "PleaseRESET|MustRESETboard", Symptom.CRASHED),
          fatal("ormat", "WrongImageFormatforbootm", Symptom.SYSTEM_UNBOOTABLE),
          fatal("Bad", "BadLinux", Symptom.SYSTEM_UNBOOTABLE),
          fatal("kernelimage", "Can'tgetkernelimage", Symptom.SYSTEM_UNBOOTABLE));

  private static final String[] WORDS =
      RULES.stream().map(Rule::word).distinct().toArray(String[]::new);
  private static final Rule[][] BY_WORD = new Rule[WORDS.length][];
  private static final Anchors ANCHORS = new Anchors(WORDS);

  static {
    for (int i = 0; i < WORDS.length; i++) {
      String word = WORDS[i];
      BY_WORD[i] = RULES.stream().filter(rule -> rule.word().equals(word)).toArray(Rule[]::new);
    }
  }

  private final byte[] folded = new byte[ConsoleLines.LONGEST];

  private static Rule rule(String word, String pattern, Kind kind) {
    return new Rule(word, Pattern.compile(pattern), kind, 10, null);
  }

  private static Rule hex(String word, String pattern, Kind kind) {
    return new Rule(word, Pattern.compile(pattern), kind, 16, null);
  }

  private static Rule loop(String text, Symptom symptom) {
    return new Rule("ERROR", Pattern.compile(text), Kind.LOOP, 10, symptom);
  }

  private static Rule fatal(String word, String pattern, Symptom symptom) {
    return new Rule(word, Pattern.compile(pattern), Kind.FATAL, 10, symptom);
  }

  /** What a line says, in the order of its text; empty for most lines of anything but a flash. */
  List<ConsoleEvent> read(byte[] line, int length) {
    int count = 0;
    for (int i = 0; i < length; i++) {
      if (line[i] != ' ') {
        folded[count++] = line[i];
      }
    }
    long words = ANCHORS.in(folded, count);
    if (words == 0) {
      return List.of();
    }
    String text = new String(folded, 0, count, StandardCharsets.ISO_8859_1);
    List<ConsoleEvent> events = new ArrayList<>(2);
    for (long rest = words; rest != 0; rest &= rest - 1) {
      for (Rule rule : BY_WORD[Long.numberOfTrailingZeros(rest)]) {
        Matcher matcher = rule.pattern().matcher(text);
        if (matcher.find()) {
          events.add(event(rule, matcher));
        }
      }
    }
    if (events.size() > 1) {
      events.sort(Comparator.comparingInt(ConsoleEvent::at));
    }
    return events;
  }

  private static ConsoleEvent event(Rule rule, Matcher matcher) {
    String first = matcher.groupCount() > 0 ? matcher.group(1) : "";
    String second = matcher.groupCount() > 1 ? matcher.group(2) : "";
    return new ConsoleEvent(
        rule.kind(),
        rule.kind() == Kind.WRITTEN ? second : first,
        number(first, 10),
        number(second, rule.radix()),
        rule.symptom(),
        matcher.start());
  }

  private static long number(String digits, int radix) {
    boolean all = !digits.isEmpty();
    for (int i = 0; all && i < digits.length(); i++) {
      all = Character.digit(digits.charAt(i), radix) >= 0;
    }
    return all ? Long.parseLong(digits, radix) : -1;
  }
}
