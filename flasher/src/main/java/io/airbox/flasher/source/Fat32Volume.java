package io.airbox.flasher.source;

import io.airbox.flasher.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A FAT32 file system, read only, as Microsoft's "FAT: General Overview of On-Disk Format" 1.03
 * describes it, with long names. Chains that run in circles or out of the volume are errors.
 */
final class Fat32Volume {
  private static final int BLOCK = 512;
  private static final int MOST_CLUSTER_BYTES = 64 * 1024;

  /** With fewer clusters a volume is FAT16, whatever it calls itself. */
  private static final int FEWEST_CLUSTERS = 65525;

  /** Its table is kept in memory: 128 MiB. A card of 1 TB in the usual clusters of 32 KiB. */
  private static final int MOST_CLUSTERS = 1 << 25;

  private static final int SLOT = 32;
  private static final int MOST_SLOTS = 65536;
  private static final int LONG_NAME = 0x0F;
  private static final int FOLDER = 0x10;
  private static final int LABEL = 0x08;
  private static final int DELETED = 0xE5;
  private static final int SMALL_BASE = 0x08;
  private static final int SMALL_EXTENSION = 0x10;
  private static final int[] LONG_NAME_PARTS = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
  private static final int NUMBER_MASK = 0x0FFFFFFF;
  private static final int LAST_CLUSTER = 0x0FFFFFF8;

  private final BlockReader blocks;
  private final long at;
  private final long dataAt;
  private final int clusterBytes;
  private final int rootCluster;

  /** The FAT, one number a cluster. */
  private final int[] next;

  private Fat32Volume(
      BlockReader blocks, long at, long dataAt, int clusterBytes, int rootCluster, int[] next) {
    this.blocks = blocks;
    this.at = at;
    this.dataAt = dataAt;
    this.clusterBytes = clusterBytes;
    this.rootCluster = rootCluster;
    this.next = next;
  }

  /**
   * Opens the volume that begins at byte {@code at}; empty, with a finding, when it is none that a
   * card for flashing may have.
   */
  static Optional<Fat32Volume> open(
      BlockReader blocks, long at, byte[] bootSector, List<Finding> findings) throws IOException {
    ByteBuffer boot = ByteBuffer.wrap(bootSector).order(ByteOrder.LITTLE_ENDIAN);
    int sectorBytes = boot.getShort(11) & 0xFFFF;
    int clusterBytes = (boot.get(13) & 0xFF) * BLOCK;
    int reserved = boot.getShort(14) & 0xFFFF;
    int fats = boot.get(16) & 0xFF;
    long sectors = Integer.toUnsignedLong(boot.getInt(32));
    long fatSectors = Integer.toUnsignedLong(boot.getInt(36));
    String wrong = null;
    if (new String(bootSector, 3, 8, StandardCharsets.ISO_8859_1).startsWith("EXFAT")) {
      wrong = "exFAT, not FAT32";
    } else if (sectorBytes != BLOCK) {
      wrong = "sectors of " + sectorBytes + " bytes, not 512";
    } else if (clusterBytes == 0 || Integer.bitCount(clusterBytes) != 1) {
      wrong = "clusters of " + clusterBytes + " bytes";
    } else if (boot.getShort(22) != 0 || fatSectors == 0) {
      wrong = "FAT12 or FAT16, not FAT32";
    } else if (fats == 0 || reserved == 0) {
      wrong = "no file allocation table";
    } else if (clusterBytes > MOST_CLUSTER_BYTES) {
      wrong = "clusters of " + clusterBytes / 1024 + " KiB; U-Boot reads up to 64 KiB";
    }
    long dataSector = reserved + fats * fatSectors;
    long clusters = wrong == null ? Math.max(0, sectors - dataSector) / (clusterBytes / BLOCK) : 0;
    if (wrong == null && clusters < FEWEST_CLUSTERS) {
      wrong = clusters + " clusters; FAT32 has " + FEWEST_CLUSTERS + " or more";
    } else if (wrong == null && clusters + 2 > fatSectors * BLOCK / Integer.BYTES) {
      wrong = clusters + " clusters, more than its table has entries";
    } else if (wrong == null && clusters > MOST_CLUSTERS) {
      wrong = clusters + " clusters; a card for flashing needs " + MOST_CLUSTERS + " at most";
    }
    if (wrong != null) {
      findings.add(new Finding(Finding.Code.CARD_LAYOUT, "file system of the card", wrong));
      return Optional.empty();
    }
    int[] next = readTable(blocks, at + (long) reserved * BLOCK, (int) clusters + 2);
    return Optional.of(
        new Fat32Volume(
            blocks,
            at,
            at + dataSector * BLOCK,
            clusterBytes,
            boot.getInt(44) & NUMBER_MASK,
            next));
  }

  /** Whether it is the one at this byte of the card. */
  boolean beginsAt(long byteAt) {
    return at == byteAt;
  }

  private static int[] readTable(BlockReader blocks, long at, int entries) throws IOException {
    int[] next = new int[entries];
    byte[] buffer = new byte[1 << 16];
    for (int done = 0; done < entries; ) {
      int count = Math.min(entries - done, buffer.length / Integer.BYTES);
      blocks.read(at + (long) done * Integer.BYTES, buffer, 0, count * Integer.BYTES);
      ByteBuffer numbers = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        next[done + i] = numbers.getInt() & NUMBER_MASK;
      }
      done += count;
    }
    return next;
  }

  /** Shows the files, nearest to the card's beginning first. */
  void visit(PackageSource.Visitor visitor) throws IOException {
    List<Entry> files = new ArrayList<>();
    for (Entry entry : folder("", rootCluster)) {
      if (entry.folder()) {
        folder(entry.path() + "/", entry.cluster()).stream()
            .filter(inner -> !inner.folder())
            .forEach(files::add);
      } else {
        files.add(entry);
      }
    }
    files.sort(Comparator.comparingInt(Entry::cluster));
    for (Entry file : files) {
      visitor.file(file.path(), file.bytes(), () -> new ChainStream(file));
    }
  }

  private List<Entry> folder(String prefix, int cluster) throws IOException {
    List<Entry> entries = new ArrayList<>();
    StringBuilder longName = new StringBuilder();
    byte[] slots = new byte[clusterBytes];
    int seen = 0;
    BitSet visited = new BitSet();
    for (int at = cluster; at < LAST_CLUSTER; at = follow(at, visited, prefix)) {
      blocks.read(place(at, prefix), slots, 0, clusterBytes);
      for (int slot = 0; slot < clusterBytes; slot += SLOT) {
        int first = slots[slot] & 0xFF;
        if (first == 0 || ++seen > MOST_SLOTS) {
          return entries;
        }
        int attributes = slots[slot + 11];
        if (first == DELETED) {
          longName.setLength(0);
        } else if (attributes == LONG_NAME) {
          longName.insert(0, longNamePart(slots, slot));
        } else {
          String name = longName.length() > 0 ? longName.toString() : shortName(slots, slot);
          longName.setLength(0);
          if ((attributes & LABEL) == 0 && !name.equals(".") && !name.equals("..")) {
            entries.add(entry(prefix + name, slots, slot));
          }
        }
      }
    }
    return entries;
  }

  private static Entry entry(String path, byte[] slots, int slot) {
    ByteBuffer fields = ByteBuffer.wrap(slots).order(ByteOrder.LITTLE_ENDIAN);
    int cluster =
        ((fields.getShort(slot + 20) & 0xFFFF) << 16) | (fields.getShort(slot + 26) & 0xFFFF);
    return new Entry(
        path,
        (slots[slot + 11] & FOLDER) != 0,
        cluster & NUMBER_MASK,
        Integer.toUnsignedLong(fields.getInt(slot + 28)));
  }

  private static String longNamePart(byte[] slots, int slot) {
    StringBuilder part = new StringBuilder();
    for (int at : LONG_NAME_PARTS) {
      char unit = (char) ((slots[slot + at] & 0xFF) | ((slots[slot + at + 1] & 0xFF) << 8));
      if (unit == 0 || unit == 0xFFFF) {
        break;
      }
      part.append(unit);
    }
    return part.toString();
  }

  private static String shortName(byte[] slots, int slot) {
    String base = new String(slots, slot, 8, StandardCharsets.ISO_8859_1).stripTrailing();
    String extension = new String(slots, slot + 8, 3, StandardCharsets.ISO_8859_1).stripTrailing();
    int small = slots[slot + 12];
    String first = (small & SMALL_BASE) != 0 ? base.toLowerCase(Locale.ROOT) : base;
    String last = (small & SMALL_EXTENSION) != 0 ? extension.toLowerCase(Locale.ROOT) : extension;
    return last.isEmpty() ? first : first + "." + last;
  }

  private long place(int cluster, String what) throws IOException {
    if (cluster < 2 || cluster >= next.length) {
      throw new IOException(
          "the card's file allocation table is damaged: cluster "
              + cluster
              + " of "
              + (what.isEmpty() ? "the root folder" : what)
              + " does not exist");
    }
    return dataAt + (long) (cluster - 2) * clusterBytes;
  }

  private int follow(int cluster, BitSet visited, String what) throws IOException {
    if (visited.get(cluster)) {
      throw new IOException(
          "the card's file allocation table is damaged: "
              + (what.isEmpty() ? "the root folder" : what)
              + " runs in a circle");
    }
    visited.set(cluster);
    return next[cluster];
  }

  /** A file or folder. */
  private record Entry(String path, boolean folder, int cluster, long bytes) {}

  /** A file's bytes, cluster by cluster. */
  private final class ChainStream extends InputStream {
    private final Entry file;
    private final BitSet visited = new BitSet();
    private final byte[] one = new byte[1];
    private int cluster;
    private int inCluster;
    private long left;

    ChainStream(Entry file) {
      this.file = file;
      cluster = file.cluster();
      left = file.bytes();
    }

    @Override
    public int read() throws IOException {
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      if (inCluster == clusterBytes) {
        cluster = follow(cluster, visited, file.path());
        inCluster = 0;
      }
      long place = place(cluster, file.path()) + inCluster;
      int wanted = (int) Math.min(length, left);
      int count = Math.min(wanted, clusterBytes - inCluster);
      inCluster += count;
      // clusters that follow each other are one read
      while (count < wanted && next[cluster] == cluster + 1) {
        cluster = follow(cluster, visited, file.path());
        place(cluster, file.path());
        inCluster = Math.min(wanted - count, clusterBytes);
        count += inCluster;
      }
      blocks.read(place, target, offset, count);
      left -= count;
      return count;
    }
  }
}
