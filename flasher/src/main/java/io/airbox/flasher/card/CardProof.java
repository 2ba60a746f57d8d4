package io.airbox.flasher.card;

import io.airbox.flasher.Finding;
import io.airbox.flasher.FlashException;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.source.FileReads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What reading a card back has shown.
 *
 * @param card what is on it
 * @param verdict whether it may be flashed with
 * @param faults what is wrong, and by whom
 * @param gaps why it is not proven, although nothing is wrong
 */
public record CardProof(
    CardPackage card, CardVerdict verdict, List<CardFault> faults, List<String> gaps) {
  public CardProof {
    faults = List.copyOf(faults);
    gaps = List.copyOf(gaps);
  }

  /**
   * Reads a card back and holds it to its package. From a card, mounted or as a device, it reads
   * past the system's cache where that is possible; what is wrong is read a second time.
   *
   * @param target a mounted card, a device, an image; or anything that a package may be kept in
   * @param wanted the package, with every byte read; null when there is none at hand
   * @param progress is told what is read; by another thread
   * @throws FlashException when there is no package on it, when it cannot be read at all, or when
   *     reading it was interrupted
   */
  public static CardProof of(
      Path target, @Nullable CardPackage wanted, CardPackage.Progress progress) {
    return of(target, wanted, progress, Path.of("/"));
  }

  static CardProof of(
      Path target, @Nullable CardPackage wanted, CardPackage.Progress progress, Path sysroot) {
    List<CardFault> faults = new ArrayList<>();
    List<String> gaps = new ArrayList<>();
    boolean medium = medium(target, new LinuxDisks(sysroot), faults, gaps);
    FileReads reads = medium ? FileReads.fromMedium() : FileReads.cached();
    CardPackage card =
        CardPackage.read(
            target, reads, CardPackage.Depth.EVERYTHING, progress, CardPackage.Copy.NONE);
    if (medium && !reads.pastCache()) {
      gaps.add(
          "this file system has no way past the system's cache, so it may not be the card that was"
              + " read; take it out, put it in and verify again");
    }
    CardComparison comparison = new CardComparison(target, card, wanted);
    faults.addAll(comparison.faults());
    gaps.addAll(comparison.gaps());
    CardVerdict verdict =
        !faults.isEmpty()
            ? CardVerdict.UNFIT
            : gaps.isEmpty() ? CardVerdict.PROVEN : CardVerdict.UNPROVEN;
    return new CardProof(card, verdict, faults, gaps);
  }

  /** Whether it is a card, rather than a file or folder; and what is wrong with its format. */
  private static boolean medium(
      Path target, LinuxDisks disks, List<CardFault> faults, List<String> gaps) {
    try {
      if (!Files.isDirectory(target)) {
        return Files.exists(target) && CardTarget.deviceNumber(target) != null;
      }
      if (!MountedCard.mounted(target, disks)) {
        return false;
      }
      MountedCard.Layout layout = MountedCard.at(target, disks).layout();
      for (Finding finding : layout.findings()) {
        faults.add(new CardFault(Culprit.CARD, finding.where(), finding.value()));
      }
      if (!layout.seen()) {
        gaps.add("the partition table could not be looked at; an administrator may: sudo");
      }
      return true;
    } catch (IOException e) {
      throw new FlashException(
          FlashException.Reason.UNREADABLE, target + " cannot be read: " + e.getMessage(), e);
    }
  }
}
