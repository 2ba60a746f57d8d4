package io.airbox.flasher.plan;

import io.airbox.flasher.Finding;
import io.airbox.flasher.Finding.Code;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows a package's scripts as U-Boot would, writes down what they write, and holds it to what a
 * flash needs.
 */
final class PackageRules {
  static final String CHECKSUMS = "md5.txt";
  static final String TABLE = "gpt.gz";

  private static final String TOP = "boot.scr";
  private static final String EMMC = "boot_emmc.scr";
  private static final String OPTIONAL = "post.scr";
  private static final Pattern PARTITION_SCRIPT = Pattern.compile("boot_emmc-(.+)\\.scr");
  private static final Pattern CHUNK = Pattern.compile("(.+)\\.(\\d{1,6})-of-(\\d{1,6})\\.gz");
  private static final Pattern CHECKSUM = Pattern.compile("([0-9a-fA-F]{32}) [ *](.+)");
  private static final Pattern FIRMWARE = Pattern.compile("spi_flash.*\\.bin");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)\\}?");
  private static final Pattern NUMBER = Pattern.compile("(?:0x)?([0-9a-fA-F]{1,12})");
  private static final Set<String> STRAY = Set.of("boot.scr.emmc", "boot.scr.sd");
  private static final String STRAY_FOLDER = "extlinux/";

  /** U-Boot unpacks no deeper nesting of scripts in any known package. */
  private static final int MOST_NESTING = 8;

  /** What {@code sf update} copies from the firmware's image. */
  private static final long FIRMWARE_BYTES = 2L << 20;

  /** Addresses of the vendor's default environment. */
  private static final Map<String, Long> ADDRESSES =
      Map.of(
          "scriptaddr", 0x300040000L,
          "ramdisk_addr_r", 0x310000000L,
          "ramdisk_addr_b", 0x310400000L,
          "unzip_addr", 0x320000000L);

  /** MBR, header and entries, which lie before the first partition. */
  private static final int TABLE_BLOCKS = 34;

  private final Map<String, PackageFile> files = new LinkedHashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private final List<PlannedWrite> writes = new ArrayList<>();
  private final Map<String, Long> addresses = new HashMap<>(ADDRESSES);
  private final Set<String> used = new LinkedHashSet<>();
  private List<Partition> partitions = List.of();
  private int device = -1;
  private boolean firmware;
  private boolean scriptsWhole = true;

  /** The load and unzip that wait for their write. */
  private ScriptCommand.@Nullable Load load;

  private ScriptCommand.@Nullable Unzip unzip;

  PackageRules(List<PackageFile> list) {
    for (PackageFile file : list) {
      PackageFile before = files.putIfAbsent(key(file.name()), file);
      if (before != null) {
        report(Code.NAME_TWICE, file.name(), "beside " + before.name());
      }
    }
  }

  FlashPlan plan() {
    long bytes =
        used.stream()
            .map(files::get)
            .mapToLong(file -> file == null ? 0 : Math.max(0, file.bytes()))
            .sum();
    return new FlashPlan(writes, partitions, firmware, bytes);
  }

  /**
   * Everything that is not as it has to be.
   *
   * @param folders those of the package, each with a slash behind it
   */
  List<Finding> check(Set<String> folders) {
    if (files.containsKey(TOP)) {
      run(TOP, 0);
    } else {
      report(Code.NO_BOOT_SCRIPT, TOP, "it is not there");
      scriptsWhole = false;
    }
    if (!used.contains(EMMC)) {
      if (scriptsWhole && files.containsKey(EMMC)) {
        report(Code.SCRIPT_NOT_CALLED, EMMC, TOP + " does not call it");
      }
      scriptsWhole = false;
      if (files.containsKey(EMMC)) {
        run(EMMC, 0);
      }
    }
    if (writes.isEmpty()) {
      report(Code.NO_WRITES, TOP, "no mmc write in any script that it calls");
    }
    for (PackageFile file : files.values()) {
      if (file.unreadable() != null) {
        report(Code.FILE_UNREADABLE, file.name(), file.unreadable());
      }
    }
    table();
    writes.forEach(this::chunk);
    placement();
    sequence();
    strangers(folders);
    unused();
    checksums();
    return findings;
  }

  private void run(String name, int nesting) {
    used.add(name);
    PackageFile file = files.get(name);
    if (file == null) {
      throw new IllegalArgumentException(name + " is not there");
    }
    String content = file.content();
    if (file.unreadable() != null) {
      scriptsWhole = false;
      return;
    }
    if (content == null) {
      report(
          Code.SCRIPT_DAMAGED,
          file.name(),
          "it has " + file.bytes() + " bytes, too many for a script");
      scriptsWhole = false;
      return;
    }
    ScriptImage image = ScriptImage.parse(content.getBytes(StandardCharsets.ISO_8859_1));
    if (image.defect() != null) {
      report(Code.SCRIPT_DAMAGED, file.name(), image.defect());
      scriptsWhole = false;
      return;
    }
    for (ScriptCommand command : ScriptCommand.of(image.text())) {
      String where = file.name() + " line " + command.line();
      if (command instanceof ScriptCommand.Address address) {
        addresses.put(address.name(), address.value());
      } else if (command instanceof ScriptCommand.Device chosen) {
        device = chosen.number();
      } else if (command instanceof ScriptCommand.Load each) {
        load(each, where, nesting);
      } else if (command instanceof ScriptCommand.Unzip each) {
        unzip(each, where);
      } else if (command instanceof ScriptCommand.Write each) {
        write(each, where, name);
      }
    }
    unfinished(file.name() + " at its end");
  }

  private void load(ScriptCommand.Load each, String where, int nesting) {
    String name = key(each.file());
    if (name.endsWith(".scr")) {
      call(name, each, where, nesting);
    } else if (FIRMWARE.matcher(name).matches()) {
      firmware(name);
    } else if (name.endsWith(".gz")) {
      unfinished(where);
      load = each;
      used.add(name);
    }
  }

  private void call(String name, ScriptCommand.Load each, String where, int nesting) {
    if (nesting >= MOST_NESTING) {
      report(Code.STEP_INCOMPLETE, where, "scripts call each other without end: " + each.file());
    } else if (files.containsKey(name)) {
      run(name, nesting + 1);
    } else if (!name.equals(OPTIONAL)) {
      report(Code.SCRIPT_MISSING, where, each.file() + " is not there");
      scriptsWhole = false;
    }
  }

  private void firmware(String name) {
    used.add(name);
    PackageFile file = files.get(name);
    firmware |= file != null;
    if (file != null && file.bytes() < FIRMWARE_BYTES) {
      report(
          Code.SPI_IMAGE_SHORT,
          file.name(),
          file.bytes() + " bytes, of which " + FIRMWARE_BYTES + " are written");
    }
  }

  private void unfinished(String where) {
    if (load != null) {
      report(
          Code.STEP_INCOMPLETE,
          where,
          load.file()
              + (unzip == null ? " is loaded and not unpacked" : " is unpacked and not written"));
    }
    load = null;
    unzip = null;
  }

  private void unzip(ScriptCommand.Unzip each, String where) {
    if (load == null || unzip != null || !load.address().equals(each.from())) {
      report(Code.STEP_INCOMPLETE, where, "unzip of " + each.from() + " without its load");
      return;
    }
    unzip = each;
  }

  private void write(ScriptCommand.Write each, String where, String script) {
    if (load == null || unzip == null || !unzip.to().equals(each.from())) {
      report(
          Code.STEP_INCOMPLETE,
          where,
          "mmc write of " + each.from() + " without its load and unzip");
      return;
    }
    if (device != 0) {
      report(
          Code.OTHER_DEVICE,
          where,
          device < 0 ? "no device was chosen before" : "writes to mmc " + device);
    }
    Long limit = unzip.limit();
    if (limit == null) {
      report(Code.STEP_INCOMPLETE, where, load.file() + " is unpacked without a limit");
      limit = each.count() * FlashPlan.BLOCK;
    } else if (-Math.floorDiv(-limit, FlashPlan.BLOCK) != each.count()) {
      report(
          Code.SIZE_MISMATCH,
          where,
          String.format(
              Locale.ROOT,
              "unpacks %d bytes and writes %d blocks, which are %d",
              limit,
              each.count(),
              each.count() * FlashPlan.BLOCK));
    }
    Matcher partition = PARTITION_SCRIPT.matcher(script);
    PackageFile file = files.get(key(load.file()));
    writes.add(
        new PlannedWrite(
            partition.matches() ? partition.group(1) : "",
            script,
            load.file(),
            file == null ? -1 : file.bytes(),
            address(load.address()),
            address(unzip.to()),
            limit,
            each.block(),
            each.count()));
    load = null;
    unzip = null;
  }

  private long address(String text) {
    Matcher variable = VARIABLE.matcher(text);
    if (variable.matches()) {
      return addresses.getOrDefault(variable.group(1), 0L);
    }
    Matcher number = NUMBER.matcher(text);
    return number.matches() ? Long.parseLong(number.group(1), 16) : 0;
  }

  private void table() {
    PackageFile file = files.get(TABLE);
    if (writes.stream().noneMatch(write -> write.firstBlock() == 0)) {
      if (!writes.isEmpty()) {
        report(Code.NO_PARTITION_TABLE, TABLE, "no script writes block 0");
      }
    } else if (file != null && file.content() != null) {
      PartitionTable table =
          PartitionTable.parse(file.content().getBytes(StandardCharsets.ISO_8859_1));
      if (table.defect() == null) {
        partitions = table.partitions();
      } else {
        report(Code.GPT_DAMAGED, file.name(), table.defect());
      }
    }
  }

  private void chunk(PlannedWrite write) {
    PackageFile file = files.get(key(write.file()));
    if (file == null) {
      report(Code.FILE_MISSING, write.file(), "it is not there; " + write.script() + " loads it");
      return;
    }
    long room = write.unzipAddress() - write.loadAddress();
    if (room > 0 && file.bytes() > room) {
      report(
          Code.CHUNK_TOO_LARGE,
          file.name(),
          String.format(
              Locale.ROOT,
              "%d bytes; there is room for %d at 0x%x",
              file.bytes(),
              room,
              write.loadAddress()));
    }
    GzipContent gzip = file.gzip();
    if (gzip == null) {
      return;
    }
    if (gzip.defect() != null) {
      report(Code.CHUNK_DAMAGED, file.name(), gzip.defect());
    } else if (gzip.bytes() != write.expectedBytes()) {
      report(
          gzip.bytes() < write.expectedBytes() ? Code.CHUNK_SHORT : Code.CHUNK_LONG,
          file.name(),
          String.format(
              Locale.ROOT,
              "unpacks to %d bytes; %s wants %d",
              gzip.bytes(),
              write.script(),
              write.expectedBytes()));
    }
    if (gzip.trailing() > 0) {
      report(Code.GZIP_TRAILING, file.name(), gzip.trailing() + " bytes behind its data");
    }
  }

  private void placement() {
    List<PlannedWrite> byBlock = new ArrayList<>(writes);
    byBlock.sort(Comparator.comparingLong(PlannedWrite::firstBlock));
    PlannedWrite before = null;
    for (PlannedWrite write : byBlock) {
      if (before != null && write.firstBlock() < before.end()) {
        report(
            Code.WRITES_OVERLAP,
            write.file(),
            blocks(write) + "; " + before.file() + ": " + blocks(before));
      }
      before = before == null || write.end() > before.end() ? write : before;
    }
    if (partitions.isEmpty()) {
      return;
    }
    for (PlannedWrite write : writes) {
      if (write.end() <= TABLE_BLOCKS) {
        continue;
      }
      Partition home =
          partitions.stream()
              .filter(each -> write.firstBlock() >= each.firstBlock() && write.end() <= each.end())
              .findFirst()
              .orElse(null);
      if (home == null) {
        report(
            Code.WRITE_OUTSIDE_PARTITION,
            write.file(),
            blocks(write) + " are not in one partition");
      } else if (!write.partition().isEmpty()
          && !home.label().equalsIgnoreCase(write.partition())) {
        report(
            Code.OTHER_PARTITION,
            write.script(),
            write.file() + " goes into partition " + home.label());
      }
    }
  }

  private static String blocks(PlannedWrite write) {
    return "blocks " + write.firstBlock() + "…" + (write.end() - 1);
  }

  /** Chunks of a partition follow each other by number and by place. */
  private void sequence() {
    for (List<PlannedWrite> group : plan().byPartition().values()) {
      PlannedWrite before = null;
      int number = 0;
      int of = 0;
      for (PlannedWrite write : group) {
        Matcher name = CHUNK.matcher(write.file());
        if (!name.matches()) {
          before = null;
          continue;
        }
        int each = Integer.parseInt(name.group(2));
        int total = Integer.parseInt(name.group(3));
        if (before == null ? each != 1 : each != number + 1 || total != of) {
          report(
              Code.CHUNK_SEQUENCE,
              write.script(),
              write.file() + (before == null ? " comes first" : " comes after " + before.file()));
        } else if (before != null && before.end() != write.firstBlock()) {
          report(
              Code.CHUNK_SEQUENCE,
              write.script(),
              write.file()
                  + " begins at block "
                  + write.firstBlock()
                  + ", "
                  + before.file()
                  + " ends before "
                  + before.end());
        }
        before = write;
        number = each;
        of = total;
      }
      if (before != null && number != of) {
        report(Code.CHUNK_SEQUENCE, before.script(), before.file() + " is its last");
      }
    }
  }

  private void strangers(Set<String> folders) {
    for (PackageFile file : files.values()) {
      String name = key(file.name());
      if (STRAY.contains(name)) {
        report(Code.STRAY_BOOT_SCRIPT, file.name(), "in the root of the card");
      } else if (name.startsWith("._")) {
        report(Code.MACOS_DOUBLE, file.name(), file.bytes() + " bytes");
      }
    }
    if (folders.stream().anyMatch(folder -> folder.equalsIgnoreCase(STRAY_FOLDER))) {
      report(Code.STRAY_BOOT_SCRIPT, STRAY_FOLDER, "a folder in the root of the card");
    }
    if (!files.containsKey("fip.bin")) {
      report(Code.NO_FIRMWARE, "fip.bin", "it is not there");
    }
    if (!files.containsKey("boot")) {
      report(Code.NO_MARKER, "BOOT", "it is not there");
    }
    if (!firmware) {
      report(Code.NO_SPI_IMAGE, "spi_flash.bin", "no script writes the SPI flash");
    }
  }

  /** Only where all scripts could be followed: else much is unused that is not superfluous. */
  private void unused() {
    if (!scriptsWhole) {
      return;
    }
    for (PackageFile file : files.values()) {
      String name = key(file.name());
      boolean part = name.endsWith(".gz") || name.endsWith(".scr");
      if (part && !used.contains(name) && !name.startsWith("._") && !name.equals(OPTIONAL)) {
        boolean script = PARTITION_SCRIPT.matcher(name).matches();
        report(
            script ? Code.SCRIPT_NOT_CALLED : Code.FILE_UNUSED,
            file.name(),
            script ? EMMC + " does not call it" : "no script loads it");
      }
    }
  }

  private void checksums() {
    PackageFile list = files.get(CHECKSUMS);
    if (list == null || list.content() == null) {
      report(Code.NO_MD5_LIST, CHECKSUMS, list == null ? "it is not there" : "it is too long");
      return;
    }
    Set<String> listed = new HashSet<>();
    int number = 0;
    for (String line : list.content().split("\\R")) {
      number++;
      Matcher checksum = CHECKSUM.matcher(line.strip());
      if (line.isBlank()) {
        continue;
      }
      if (!checksum.matches()) {
        report(Code.MD5_LINE, CHECKSUMS + " line " + number, "it is no checksum");
        continue;
      }
      String name = checksum.group(2).replaceFirst("^\\./", "");
      String md5 = checksum.group(1).toLowerCase(Locale.ROOT);
      listed.add(key(name));
      PackageFile file = files.get(key(name));
      if (file == null && !used.contains(key(name))) {
        report(Code.MD5_LINE, CHECKSUMS + " line " + number, name + " is not there");
      } else if (file != null && file.md5() != null && !file.md5().equals(md5)) {
        report(Code.MD5_MISMATCH, file.name(), "its MD5 is " + file.md5() + ", listed is " + md5);
      }
    }
    for (String name : used) {
      if (files.containsKey(name) && !listed.contains(name)) {
        report(Code.MD5_UNLISTED, name, "it is not in " + CHECKSUMS);
      }
    }
  }

  private void report(Code code, String where, String value) {
    findings.add(new Finding(code, where, value));
  }

  /** FAT does not tell upper and lower case apart. */
  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
