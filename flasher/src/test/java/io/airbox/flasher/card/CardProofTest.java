package io.airbox.flasher.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.source.Card;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardProofTest {
  private static final CardPackage.Progress NOBODY = (file, bytes) -> {};
  private static final String CHUNK = "rootfs.2-of-3.gz";

  @TempDir Path folder;

  private Path copy;
  private CardPackage wanted;

  @BeforeEach
  void aPackageAndItsCopy() throws IOException {
    Path original = Card.zip(folder.resolve("sdcard.zip"), "", Card.files());
    wanted = CardPackage.read(original, CardPackage.Depth.EVERYTHING);
    copy = Card.folder(Files.createDirectory(folder.resolve("card")), Card.files());
  }

  private CardProof verify() {
    return CardProof.of(copy, wanted, NOBODY);
  }

  private void flip(String name, int at) throws IOException {
    Path file = copy.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    bytes[at < 0 ? bytes.length + at : at] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aFaithfulCopyIsProven() {
    CardProof proof = verify();
    assertThat(proof.verdict()).isEqualTo(CardVerdict.PROVEN);
    assertThat(proof.faults()).isEmpty();
    assertThat(CardProof.of(copy, null, NOBODY).verdict()).isEqualTo(CardVerdict.PROVEN);
  }

  @Test
  void aFlippedBitIsTheCards() throws IOException {
    flip(CHUNK, 40);
    flip("fip.bin", 0);
    flip("boot_emmc-misc.scr", 100);
    Files.write(copy.resolve("md5.txt"), Card.files().get("md5.txt"));
    CardProof proof = verify();
    assertThat(proof.verdict()).isEqualTo(CardVerdict.UNFIT);
    assertThat(proof.faults())
        .extracting(CardFault::where, CardFault::culprit)
        .contains(
            org.assertj.core.groups.Tuple.tuple(CHUNK, Culprit.CARD),
            org.assertj.core.groups.Tuple.tuple("fip.bin", Culprit.CARD),
            org.assertj.core.groups.Tuple.tuple("boot_emmc-misc.scr", Culprit.CARD));
  }

  @Test
  void withoutAPackageItCannotBeTold() throws IOException {
    flip(CHUNK, -8);
    CardProof proof = CardProof.of(copy, null, NOBODY);
    assertThat(proof.faults())
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.culprit()).isEqualTo(Culprit.CARD_OR_PACKAGE);
              assertThat(fault.value()).contains("its CRC is wrong").contains("listed is");
            });
  }

  @Test
  void aFaithfulCopyOfADefectivePackageIsThePackagesFault() throws IOException {
    Map<String, byte[]> files = Card.files();
    byte[] chunk = files.get(CHUNK).clone();
    chunk[chunk.length - 8] ^= 1;
    files.put(CHUNK, chunk);
    wanted =
        CardPackage.read(
            Card.zip(folder.resolve("bad.zip"), "", files), CardPackage.Depth.EVERYTHING);
    flip(CHUNK, -8);
    assertThat(verify().faults())
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.culprit()).isEqualTo(Culprit.PACKAGE);
              assertThat(fault.value()).contains("its CRC is wrong");
            });
  }

  @Test
  void theListVouchesForAChunkThatWasDefectiveFromTheBeginning() throws IOException {
    flip(CHUNK, -8);
    Path list = copy.resolve("md5.txt");
    String before =
        CardPackage.read(copy, CardPackage.Depth.EVERYTHING).contents().stream()
            .filter(file -> file.name().equals(CHUNK))
            .map(file -> String.valueOf(file.md5()))
            .findFirst()
            .orElseThrow();
    Files.writeString(
        list, Files.readString(list).replaceAll("[0-9a-f]{32}(?=  " + CHUNK + ")", before));
    assertThat(CardProof.of(copy, null, NOBODY).faults())
        .singleElement()
        .extracting(CardFault::culprit)
        .isEqualTo(Culprit.PACKAGE);
  }

  @Test
  void twoReadingsThatDifferAreTheReaders() throws IOException {
    flip(CHUNK, 40);
    AtomicBoolean done = new AtomicBoolean();
    CardPackage.Progress contact =
        (file, bytes) -> {
          // the last file was read: the contact is better now
          if (file.equals("rootfs.3-of-3.gz") && !done.getAndSet(true)) {
            try {
              flip(CHUNK, 40);
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    assertThat(CardProof.of(copy, wanted, contact).faults())
        .singleElement()
        .extracting(CardFault::culprit)
        .isEqualTo(Culprit.READER);
    assertThat(verify().verdict()).isEqualTo(CardVerdict.PROVEN);
  }

  @Test
  void whatIsCutOffMissingOrStrayIsTheCards() throws IOException {
    byte[] chunk = Files.readAllBytes(copy.resolve(CHUNK));
    Files.write(copy.resolve(CHUNK), Arrays.copyOf(chunk, chunk.length / 2));
    Files.delete(copy.resolve("data.1-of-1.gz"));
    Files.delete(copy.resolve("fip.bin"));
    Files.write(copy.resolve("boot.scr.emmc"), new byte[1]);
    CardProof proof = verify();
    assertThat(proof.faults()).extracting(CardFault::culprit).containsOnly(Culprit.CARD);
    assertThat(proof.faults())
        .extracting(CardFault::where)
        .containsExactlyInAnyOrder(CHUNK, "data.1-of-1.gz", "fip.bin", "boot.scr.emmc");
  }

  @Test
  void withoutListAndPackageNothingIsProven() throws IOException {
    Files.delete(copy.resolve("md5.txt"));
    CardProof proof = CardProof.of(copy, null, NOBODY);
    assertThat(proof.verdict()).isEqualTo(CardVerdict.UNPROVEN);
    assertThat(proof.gaps()).singleElement().asString().contains("md5.txt: it is not there");
  }

  @Test
  void aFileThatCannotBeReadIsTheMediums() throws IOException {
    Path file = copy.resolve(CHUNK);
    Files.delete(file);
    // opens, and reading it fails with an error of the device
    Files.createSymbolicLink(file, Path.of("/proc/self/mem"));
    CardProof proof = verify();
    assertThat(proof.faults())
        .filteredOn(fault -> fault.culprit() == Culprit.MEDIUM)
        .extracting(CardFault::where)
        .containsExactly(CHUNK);
  }
}
