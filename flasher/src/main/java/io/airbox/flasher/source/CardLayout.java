package io.airbox.flasher.source;

import io.airbox.flasher.Finding;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a box finds on a card before it comes to the files. */
public final class CardLayout {
  private static final int BLOCK = 512;

  private CardLayout() {}

  /**
   * Looks at partition table and file system.
   *
   * @param card device or image
   * @param volumeAt first block of the partition that is meant; 0 for a card without partitions
   * @return what keeps a box from starting from it
   * @throws IOException when it cannot be read
   */
  public static List<Finding> inspect(Path card, long volumeAt) throws IOException {
    List<Finding> findings = new ArrayList<>();
    try (BlockReader blocks = FileReads.cached().blocks(card)) {
      boolean other =
          CardImageSource.volume(blocks, findings)
              .filter(volume -> !volume.beginsAt(volumeAt * BLOCK))
              .isPresent();
      if (other) {
        findings.add(
            new Finding(
                Finding.Code.CARD_LAYOUT,
                "partition table of the card",
                "the partition at block " + volumeAt + " is not the first FAT partition"));
      }
    } catch (EOFException e) {
      findings.add(
          new Finding(
              Finding.Code.CARD_LAYOUT, "partition table of the card", "it leads behind the end"));
    }
    return findings;
  }
}
