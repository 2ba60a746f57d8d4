package io.airbox.flasher.source;

import io.airbox.flasher.Finding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * An image of a card: an MBR whose first FAT partition is FAT32, or a FAT32 without partitions.
 * What the first-stage loader of the BM1684X cannot read is a finding.
 */
final class CardImageSource implements PackageSource {
  private static final int BLOCK = 512;
  private static final int SIGNATURE_AT = 510;
  private static final int SIGNATURE = 0xAA55;
  private static final int ENTRIES_AT = 446;
  private static final int ENTRY = 16;
  private static final int ENTRIES = 4;
  private static final int TYPE_GPT = 0xEE;

  /** FAT16 and FAT32 in their variants, and exFAT, whose boot sector tells which it is. */
  private static final Set<Integer> FAT_TYPES = Set.of(0x01, 0x04, 0x06, 0x07, 0x0B, 0x0C, 0x0E);

  private static final String FAT_NAMES = "(?s)...EXFAT   .*|.{54}FAT1.*|.{82}FAT32.*";

  private final Path image;
  private final Compression compression;
  private final FileReads reads;

  CardImageSource(Path image, Compression compression, FileReads reads) {
    this.image = image;
    this.compression = compression;
    this.reads = reads;
  }

  static boolean looksLikeCard(byte[] head) {
    return head.length == BLOCK
        && (ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getShort(SIGNATURE_AT) & 0xFFFF)
            == SIGNATURE;
  }

  @Override
  public Form form() {
    return Form.CARD_IMAGE;
  }

  @Override
  public boolean readsEachAlone() {
    return compression == Compression.NONE;
  }

  @Override
  public List<Finding> visit(Visitor visitor) throws IOException {
    List<Finding> findings = new ArrayList<>();
    try (BlockReader blocks =
        compression == Compression.NONE
            ? reads.blocks(image)
            : new CompressedBlocks(image, compression)) {
      Optional<Fat32Volume> volume = volume(blocks, findings);
      if (volume.isPresent()) {
        volume.get().visit(visitor);
      }
    }
    return findings;
  }

  /** The file system that a box finds; empty, with a finding, when it finds none. */
  static Optional<Fat32Volume> volume(BlockReader blocks, List<Finding> findings)
      throws IOException {
    byte[] head = new byte[BLOCK];
    blocks.read(0, head, 0, BLOCK);
    long first = isBootSector(head) ? 0 : firstFat(head, findings);
    if (first < 0) {
      return Optional.empty();
    }
    byte[] boot = head;
    if (first > 0) {
      boot = new byte[BLOCK];
      blocks.read(first * BLOCK, boot, 0, BLOCK);
    }
    return Fat32Volume.open(blocks, first * BLOCK, boot, findings);
  }

  /** A FAT boot sector begins with a jump and names its system; an MBR hardly does both. */
  private static boolean isBootSector(byte[] head) {
    boolean jump = head[0] == (byte) 0xEB || head[0] == (byte) 0xE9;
    return jump && new String(head, 0, BLOCK, StandardCharsets.ISO_8859_1).matches(FAT_NAMES);
  }

  /** The first block of the first FAT partition; -1 when there is none. */
  private static long firstFat(byte[] mbr, List<Finding> findings) {
    ByteBuffer table = ByteBuffer.wrap(mbr).order(ByteOrder.LITTLE_ENDIAN);
    List<String> types = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      int at = ENTRIES_AT + i * ENTRY;
      int type = mbr[at + 4] & 0xFF;
      if (FAT_TYPES.contains(type)) {
        return Integer.toUnsignedLong(table.getInt(at + 8));
      }
      if (type != 0) {
        types.add(String.format(Locale.ROOT, "0x%02X", type));
      }
    }
    String what =
        types.contains(String.format(Locale.ROOT, "0x%02X", TYPE_GPT))
            ? "a GPT, which the first-stage loader cannot read"
            : "no FAT partition in the MBR (types: " + String.join(", ", types) + ")";
    findings.add(new Finding(Finding.Code.CARD_LAYOUT, "partition table of the card", what));
    return -1;
  }
}
