package io.airbox.flasher.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A primary GPT (UEFI 2.10 §5.3): a protective MBR, the header and the entries.
 *
 * @param partitions those in use; empty when there is a defect
 * @param defect why it is none; null when it is whole
 */
record PartitionTable(List<Partition> partitions, @Nullable String defect) {
  private static final int BLOCK = 512;
  private static final long SIGNATURE = 0x5452415020494645L;
  private static final int FEWEST_HEADER_BYTES = 92;
  private static final int ENTRY_BYTES = 128;
  private static final int MOST_ENTRIES = 128;
  private static final int NAME_AT = 56;

  static PartitionTable parse(byte[] image) {
    if (image.length < 3 * BLOCK) {
      return broken("it has " + image.length + " bytes");
    }
    ByteBuffer table = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    if (table.getLong(BLOCK) != SIGNATURE) {
      return broken("there is no GPT header in its second block");
    }
    int headerBytes = table.getInt(BLOCK + 12);
    if (headerBytes < FEWEST_HEADER_BYTES || headerBytes > BLOCK) {
      return broken("its header claims " + headerBytes + " bytes");
    }
    byte[] header = Arrays.copyOfRange(image, BLOCK, BLOCK + headerBytes);
    ByteBuffer.wrap(header).putInt(16, 0);
    if (crc(header, 0, headerBytes) != table.getInt(BLOCK + 16)) {
      return broken("the CRC of its header is wrong");
    }
    long entriesAt = table.getLong(BLOCK + 72) * BLOCK;
    int count = table.getInt(BLOCK + 80);
    int entryBytes = table.getInt(BLOCK + 84);
    if (entryBytes != ENTRY_BYTES
        || count < 1
        || count > MOST_ENTRIES
        || entriesAt < 2 * BLOCK
        || entriesAt + (long) count * entryBytes > image.length) {
      return broken("its " + count + " entries of " + entryBytes + " bytes do not fit into it");
    }
    if (crc(image, (int) entriesAt, count * entryBytes) != table.getInt(BLOCK + 88)) {
      return broken("the CRC of its entries is wrong");
    }
    return new PartitionTable(entries(table, (int) entriesAt, count), null);
  }

  private static List<Partition> entries(ByteBuffer table, int entriesAt, int count) {
    List<Partition> partitions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = entriesAt + i * ENTRY_BYTES;
      if (table.getLong(at) != 0 || table.getLong(at + 8) != 0) {
        long first = table.getLong(at + 32);
        byte[] name = new byte[ENTRY_BYTES - NAME_AT];
        table.get(at + NAME_AT, name);
        String label = new String(name, StandardCharsets.UTF_16LE).split("\0", 2)[0];
        partitions.add(new Partition(i + 1, label, first, table.getLong(at + 40) - first + 1));
      }
    }
    return List.copyOf(partitions);
  }

  private static PartitionTable broken(String defect) {
    return new PartitionTable(List.of(), defect);
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
