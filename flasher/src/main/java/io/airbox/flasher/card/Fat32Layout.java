package io.airbox.flasher.card;

import io.airbox.flasher.FlashException;
import io.airbox.flasher.plan.CardFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Where everything lies on a card that is written whole: an MBR with one FAT32 partition from block
 * 8192 on, as the SD Association has it, and in it each file in one piece, in the order in which
 * they come. The same files always give the same bytes.
 *
 * @param sectors of the partition, 512 bytes each
 * @param sectorsPerCluster a power of two
 * @param reserved sectors before the tables
 * @param tableSectors length of each of the two tables
 * @param clusters number of clusters
 * @param rootClusters those of the root folder; they are the first
 * @param serial of the file system and the disk
 * @param files by name
 */
record Fat32Layout(
    long sectors,
    int sectorsPerCluster,
    int reserved,
    int tableSectors,
    int clusters,
    int rootClusters,
    int serial,
    Map<String, Placed> files) {
  static final int SECTOR = 512;

  /** First sector of the partition. */
  static final int START = 8192;

  private static final int FIRST_CLUSTER = 2;
  private static final int TABLES = 2;
  private static final int BACKUP_AT = 6;
  private static final int LEAST_RESERVED = 32;

  /** The data begin at a multiple of 64 KiB, as large as any cluster. */
  private static final int ALIGNMENT = 128;

  /** 32 KiB, which U-Boot and every card reader loads fastest. */
  private static final int MOST_SECTORS_PER_CLUSTER = 64;

  /** With fewer it would be FAT16; some programs are off by a few. */
  private static final int FEWEST_CLUSTERS = 65525 + 16;

  /** As {@code Fat32Volume} reads. */
  private static final int MOST_CLUSTERS = 1 << 25;

  private static final int ENTRIES_PER_SECTOR = SECTOR / Integer.BYTES;
  private static final int SLOT = 32;
  private static final int UNITS_PER_SLOT = 13;
  private static final int[] UNIT_PLACES = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
  private static final int LONGEST_NAME = 255;
  private static final int LONG_NAME = 0x0F;
  private static final int LAST_PART = 0x40;
  private static final int LABEL = 0x08;
  private static final int ARCHIVE = 0x20;
  private static final String LABEL_TEXT = "AIRBOX     ";
  private static final String FOREIGN = "\"*/:<>?\\|";

  /** 1 January 1980, the first day that FAT knows. */
  private static final short FIRST_DAY = 0x21;

  private static final int END_OF_CHAIN = 0x0FFFFFFF;
  private static final int MEDIA = 0x0FFFFFF8;

  /** Least room that is left for more files. */
  private static final long USUAL_BYTES = 1040L << 20;

  private static final long STEP = 4L << 20;

  /**
   * A file and its place.
   *
   * @param cluster its first; 0 for an empty file
   */
  record Placed(String name, ShortName shortName, int cluster, long bytes) {}

  /** How large a card is that holds the files with room to spare: a tenth, and a gigabyte. */
  static long usualBytes(List<CardFile> files) {
    long bytes = files.stream().mapToLong(CardFile::bytes).sum();
    long wanted = Math.max(USUAL_BYTES, bytes + bytes / 10 + (long) files.size() * (64 << 10));
    return (wanted + STEP - 1) / STEP * STEP + (long) START * SECTOR;
  }

  /**
   * Lays files out on a card.
   *
   * @param cardBytes how much of the card is used, from its beginning
   * @throws FlashException {@code REFUSED} when they do not fit, or have names that FAT has not
   */
  static Fat32Layout of(List<CardFile> files, long cardBytes) {
    long sectors = Math.min(cardBytes / SECTOR - START, 0xFFFFFFFFL);
    for (int perCluster = MOST_SECTORS_PER_CLUSTER; perCluster > 0; perCluster /= 2) {
      long tableSectors =
          (sectors - LEAST_RESERVED + (long) FIRST_CLUSTER * perCluster)
                  / ((long) ENTRIES_PER_SECTOR * perCluster + TABLES)
              + 1;
      long data = LEAST_RESERVED + TABLES * tableSectors;
      data = (data + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      long clusters = (sectors - data) / perCluster;
      if (clusters > MOST_CLUSTERS) {
        break;
      }
      if (sectors > data && clusters >= FEWEST_CLUSTERS) {
        int reserved = (int) (data - TABLES * tableSectors);
        return place(files, sectors, perCluster, reserved, (int) tableSectors, (int) clusters);
      }
    }
    throw new FlashException(
        FlashException.Reason.REFUSED,
        String.format(
            Locale.ROOT,
            "%d bytes are no size for a FAT32 card: 40 MiB to 1 TiB are; say another --size",
            cardBytes));
  }

  private static Fat32Layout place(
      List<CardFile> files,
      long sectors,
      int perCluster,
      int reserved,
      int tableSectors,
      int clusters) {
    long clusterBytes = (long) perCluster * SECTOR;
    Set<String> taken = new HashSet<>();
    List<ShortName> names = new ArrayList<>();
    CRC32 serial = new CRC32();
    int slots = 1;
    for (CardFile file : files) {
      if (file.bytes() < 0 || file.bytes() > 0xFFFFFFFFL) {
        throw new FlashException(
            FlashException.Reason.REFUSED,
            file.name() + " has " + file.bytes() + " bytes; FAT32 holds 4294967295 at most");
      }
      ShortName name = ShortName.of(legal(file.name()), taken);
      names.add(name);
      slots += 1 + (name.whole() ? 0 : parts(file.name()));
      serial.update((file.name() + " " + file.bytes() + "\n").getBytes(StandardCharsets.UTF_8));
    }
    int rootClusters = (int) (((long) slots * SLOT + clusterBytes - 1) / clusterBytes);
    long next = (long) FIRST_CLUSTER + rootClusters;
    Map<String, Placed> placed = new LinkedHashMap<>();
    for (int i = 0; i < files.size(); i++) {
      CardFile file = files.get(i);
      long count = (file.bytes() + clusterBytes - 1) / clusterBytes;
      placed.put(
          file.name(),
          new Placed(
              file.name(),
              names.get(i),
              count == 0 ? 0 : (int) Math.min(next, Integer.MAX_VALUE),
              file.bytes()));
      next += count;
    }
    if (next > clusters + (long) FIRST_CLUSTER) {
      long overhead = ((long) START + reserved + (long) TABLES * tableSectors) * SECTOR;
      throw new FlashException(
          FlashException.Reason.REFUSED,
          String.format(
              Locale.ROOT,
              "the files need %.1f MiB, the card has %.1f MiB; take a larger one",
              (overhead + (next - FIRST_CLUSTER) * clusterBytes) / 1048576.0,
              (sectors + START) * SECTOR / 1048576.0));
    }
    return new Fat32Layout(
        sectors,
        perCluster,
        reserved,
        tableSectors,
        clusters,
        rootClusters,
        (int) serial.getValue(),
        placed);
  }

  /**
   * A name that FAT has.
   *
   * @throws FlashException {@code REFUSED} when it has not
   */
  static String legal(String name) {
    boolean foreign =
        name.chars().anyMatch(each -> each < ' ' || each == 0x7F || FOREIGN.indexOf(each) >= 0);
    if (foreign
        || name.isEmpty()
        || name.length() > LONGEST_NAME
        || name.endsWith(".")
        || name.endsWith(" ")) {
      throw new FlashException(
          FlashException.Reason.REFUSED,
          "'"
              + name.replaceAll("\\p{Cntrl}", "?")
              + "' is no name that a FAT card can hold;"
              + " rename the file or leave it out of the package");
    }
    return name;
  }

  private static int parts(String name) {
    return (name.length() + UNITS_PER_SLOT - 1) / UNITS_PER_SLOT;
  }

  int clusterBytes() {
    return sectorsPerCluster * SECTOR;
  }

  /** Where the partition begins on the card, in bytes. */
  static long partitionAt() {
    return (long) START * SECTOR;
  }

  /** Where the card's used part ends. */
  long end() {
    return (START + sectors) * SECTOR;
  }

  /** Where a cluster lies on the card. */
  long place(int cluster) {
    return (START + (long) reserved + (long) TABLES * tableSectors) * SECTOR
        + (long) (cluster - FIRST_CLUSTER) * clusterBytes();
  }

  /** Where the first or second table lies on the card. */
  long table(int which) {
    return (START + (long) reserved + (long) which * tableSectors) * SECTOR;
  }

  long tableBytes() {
    return (long) tableSectors * SECTOR;
  }

  byte[] mbr() {
    byte[] bytes = new byte[SECTOR];
    ByteBuffer block = littleEndian(bytes);
    block.putInt(440, serial);
    block.put(446 + 1, (byte) 0xFE).put(446 + 2, (byte) 0xFF).put(446 + 3, (byte) 0xFF);
    block.put(446 + 4, (byte) 0x0C);
    block.put(446 + 5, (byte) 0xFE).put(446 + 6, (byte) 0xFF).put(446 + 7, (byte) 0xFF);
    block.putInt(446 + 8, START).putInt(446 + 12, (int) sectors);
    block.putShort(510, (short) 0xAA55);
    return bytes;
  }

  /** The partition's reserved sectors. */
  byte[] reservedSectors() {
    byte[] bytes = new byte[reserved * SECTOR];
    ByteBuffer all = littleEndian(bytes);
    for (int copy : new int[] {0, BACKUP_AT}) {
      all.position(copy * SECTOR).put(bootSector());
      all.position((copy + 1) * SECTOR).put(summary());
      all.putShort((copy + 2) * SECTOR + 510, (short) 0xAA55);
    }
    return bytes;
  }

  private byte[] bootSector() {
    byte[] bytes = new byte[SECTOR];
    ByteBuffer block = littleEndian(bytes);
    block.put(new byte[] {(byte) 0xEB, 0x58, (byte) 0x90});
    block.put("AIRBOX  ".getBytes(StandardCharsets.US_ASCII));
    block.putShort((short) SECTOR).put((byte) sectorsPerCluster).putShort((short) reserved);
    block.put((byte) TABLES).putShort((short) 0).putShort((short) 0).put((byte) 0xF8);
    block.putShort((short) 0).putShort((short) 63).putShort((short) 255).putInt(START);
    block.putInt((int) sectors).putInt(tableSectors).putShort((short) 0).putShort((short) 0);
    block.putInt(FIRST_CLUSTER).putShort((short) 1).putShort((short) BACKUP_AT);
    block.position(64).put((byte) 0x80).put((byte) 0).put((byte) 0x29).putInt(serial);
    block.put(LABEL_TEXT.getBytes(StandardCharsets.US_ASCII));
    block.put("FAT32   ".getBytes(StandardCharsets.US_ASCII));
    // who boots a PC from it stops here: jmp $
    block.put((byte) 0xEB).put((byte) 0xFE);
    block.putShort(510, (short) 0xAA55);
    return bytes;
  }

  private byte[] summary() {
    byte[] bytes = new byte[SECTOR];
    ByteBuffer block = littleEndian(bytes);
    block.putInt(0, 0x41615252).putInt(484, 0x61417272);
    block.putInt(488, clusters - used()).putInt(492, FIRST_CLUSTER + used());
    block.putInt(508, 0xAA550000);
    return bytes;
  }

  /** Number of clusters that files and the root folder take; they are the first. */
  private int used() {
    return rootClusters + files.values().stream().mapToInt(this::clusters).sum();
  }

  private int clusters(Placed file) {
    return (int) ((file.bytes() + clusterBytes() - 1) / clusterBytes());
  }

  /** The used part of a table, in whole sectors; the rest is zero. */
  byte[] tableStart() {
    int entries = FIRST_CLUSTER + used();
    byte[] bytes = new byte[(entries + ENTRIES_PER_SECTOR - 1) / ENTRIES_PER_SECTOR * SECTOR];
    ByteBuffer table = littleEndian(bytes);
    table.putInt(MEDIA).putInt(END_OF_CHAIN);
    chain(table, FIRST_CLUSTER, rootClusters);
    files.values().forEach(file -> chain(table, file.cluster(), clusters(file)));
    return bytes;
  }

  private static void chain(ByteBuffer table, int first, int count) {
    for (int i = 1; i <= count; i++) {
      int cluster = first + i - 1;
      table.putInt(cluster * Integer.BYTES, i == count ? END_OF_CHAIN : cluster + 1);
    }
  }

  /** The root folder, in whole clusters. */
  byte[] root() {
    byte[] bytes = new byte[rootClusters * clusterBytes()];
    ByteBuffer slots = littleEndian(bytes);
    slots.put(LABEL_TEXT.getBytes(StandardCharsets.US_ASCII)).put((byte) LABEL);
    slots.putShort(24, FIRST_DAY).position(SLOT);
    for (Placed file : files.values()) {
      if (!file.shortName().whole()) {
        longName(slots, file);
      }
      int at = slots.position();
      slots
          .put(file.shortName().bytes())
          .put((byte) ARCHIVE)
          .put((byte) file.shortName().caseBits());
      slots.putShort(at + 16, FIRST_DAY).putShort(at + 18, FIRST_DAY).putShort(at + 24, FIRST_DAY);
      slots.putShort(at + 20, (short) (file.cluster() >>> 16));
      slots.putShort(at + 26, (short) file.cluster());
      slots.putInt(at + 28, (int) file.bytes()).position(at + SLOT);
    }
    return bytes;
  }

  /** The last part comes first. */
  private static void longName(ByteBuffer slots, Placed file) {
    String name = file.name();
    int parts = parts(name);
    for (int part = parts; part > 0; part--) {
      int at = slots.position();
      slots.put((byte) (part | (part == parts ? LAST_PART : 0)));
      for (int i = 0; i < UNITS_PER_SLOT; i++) {
        int unit = (part - 1) * UNITS_PER_SLOT + i;
        char value =
            unit < name.length() ? name.charAt(unit) : unit == name.length() ? 0 : (char) 0xFFFF;
        slots.putShort(at + UNIT_PLACES[i], (short) value);
      }
      slots.put(at + 11, (byte) LONG_NAME).put(at + 13, file.shortName().checksum());
      slots.position(at + SLOT);
    }
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
