package io.airbox.flasher.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.flasher.Finding;
import io.airbox.flasher.FlashException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageSourceTest {
  private static final int VOLUME = 2048 * 512;

  @TempDir Path folder;

  @Test
  void everyFormShowsTheSameFiles() throws IOException {
    Map<String, byte[]> files = Card.files();
    assertThat(files.keySet()).hasSize(124).contains("BOOT", "boot.scr", "rootfs.3-of-3.gz");

    same(Card.folder(folder.resolve("f"), files), PackageSource.Form.FOLDER, files);
    same(Card.zip(folder.resolve("a"), "", files), PackageSource.Form.ZIP, files);
    same(Card.tar(folder.resolve("b"), "./", files, false), PackageSource.Form.TAR, files);
    same(Card.tar(folder.resolve("c"), "", files, true), PackageSource.Form.TAR, files);
    same(Card.compressed(folder), PackageSource.Form.CARD_IMAGE, files);
    Path gzip = folder.resolve("card.img.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      out.write(Card.image());
    }
    same(gzip, PackageSource.Form.CARD_IMAGE, files);
  }

  private static void same(Path path, PackageSource.Form form, Map<String, byte[]> files)
      throws IOException {
    PackageSource source = PackageSource.open(path);
    assertThat(source.form()).isEqualTo(form);
    Map<String, byte[]> shown = new LinkedHashMap<>();
    assertThat(
            source.visit(
                (name, bytes, content) -> {
                  try (InputStream in = content.open()) {
                    shown.put(name, in.readAllBytes());
                  }
                  assertThat(bytes).isEqualTo(shown.get(name).length);
                }))
        .isEmpty();
    assertThat(shown.keySet()).isEqualTo(files.keySet());
    files.forEach((name, bytes) -> assertThat(shown.get(name)).as(name).isEqualTo(bytes));
  }

  @Test
  void filesDeeperThanOneFolderAndOutsideAreNotShown() throws IOException {
    Map<String, byte[]> files =
        Map.of("a", new byte[1], "b/c", new byte[2], "b/d/e", new byte[3], "../f", new byte[4]);
    List<String> names = new ArrayList<>();
    PackageSource.open(Card.tar(folder.resolve("t.tar"), "", files, false))
        .visit((path, bytes, content) -> names.add(path));
    assertThat(names).containsExactlyInAnyOrder("a", "b/c");
  }

  @Test
  void whatIsNoPackageIsRefusedWithTheForms() throws IOException {
    refused(folder.resolve("none"), FlashException.Reason.NOT_FOUND, "no such file");
    Path text = Files.writeString(folder.resolve("text"), "hello");
    refused(text, FlashException.Reason.NOT_A_PACKAGE, "neither zip, nor tar, nor the image");
    refused(
        Files.write(folder.resolve("empty"), new byte[0]),
        FlashException.Reason.NOT_A_PACKAGE,
        "zip");
  }

  private static void refused(Path path, FlashException.Reason reason, String part) {
    assertThatThrownBy(() -> PackageSource.open(path))
        .isInstanceOfSatisfying(
            FlashException.class, error -> assertThat(error.reason()).isEqualTo(reason))
        .hasMessageContaining(path.toString())
        .hasMessageContaining(part);
  }

  @Test
  void aCardThatTheFirstStageLoaderCannotReadIsAFinding() throws IOException {
    assertThat(layout(image -> image[446 + 4] = (byte) 0xEE)).contains("a GPT");
    assertThat(layout(image -> image[446 + 4] = (byte) 0x83)).contains("types: 0x83");
    assertThat(layout(image -> image[446 + 4] = 0)).contains("no FAT partition");
    assertThat(layout(image -> image[VOLUME + 11 + 1] = 16)).contains("sectors of 4096 bytes");
    assertThat(layout(image -> image[VOLUME + 13] = (byte) 255)).contains("clusters of");
    assertThat(layout(image -> image[VOLUME + 22] = 1)).contains("FAT16");
    assertThat(layout(image -> image[VOLUME + 34] = 0)).contains("clusters; FAT32 has 65525");
    assertThat(layout(image -> image[VOLUME + 35] = 0x7F)).contains("more than its table");
    assertThat(
            layout(
                image ->
                    System.arraycopy(
                        "EXFAT   ".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                        0,
                        image,
                        VOLUME + 3,
                        8)))
        .contains("exFAT");
  }

  private String layout(java.util.function.Consumer<byte[]> change) throws IOException {
    byte[] image = Card.image();
    change.accept(image);
    // layout is in the first megabytes; files are not read
    Path path = Files.write(folder.resolve("card.img"), Arrays.copyOf(image, 3 << 20));
    List<Finding> findings =
        PackageSource.open(path)
            .visit(
                (name, bytes, content) -> {
                  throw new AssertionError(name);
                });
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).code()).isEqualTo(Finding.Code.CARD_LAYOUT);
    return findings.get(0).value();
  }

  @Test
  void aVolumeWithoutPartitionsIsReadToo() throws IOException {
    byte[] image = Card.image();
    same(
        Files.write(folder.resolve("volume.img"), Arrays.copyOfRange(image, VOLUME, image.length)),
        PackageSource.Form.CARD_IMAGE,
        Card.files());
  }

  @Test
  void chainsThatRunInCirclesOrOutOfTheVolumeEndWithAnError() throws IOException {
    ByteBuffer image = ByteBuffer.wrap(Card.image()).order(ByteOrder.LITTLE_ENDIAN);
    int fat = VOLUME + (image.getShort(VOLUME + 14) & 0xFFFF) * 512;
    image.putInt(fat + 2 * 4, 2);
    broken(image.array(), "runs in a circle");
    image.putInt(fat + 2 * 4, 0x0ABCDEF0);
    broken(image.array(), "cluster 180150000 of the root folder does not exist");
  }

  private void broken(byte[] image, String part) throws IOException {
    PackageSource source = PackageSource.open(Files.write(folder.resolve("broken.img"), image));
    assertThatThrownBy(() -> source.visit((path, bytes, content) -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(part);
  }

  @Test
  void aCardWhoseFilesLieBackwardsIsReadCompressedToo() throws IOException {
    // the last cluster of the root folder's chain first: swapping two clusters makes a step back
    ByteBuffer image = ByteBuffer.wrap(Card.image()).order(ByteOrder.LITTLE_ENDIAN);
    int fat = VOLUME + (image.getShort(VOLUME + 14) & 0xFFFF) * 512;
    int data =
        VOLUME + ((image.getShort(VOLUME + 14) & 0xFFFF) + 2 * image.getInt(VOLUME + 36)) * 512;
    int second = image.getInt(fat + 2 * 4);
    int third = image.getInt(fat + second * 4);
    int fourth = image.getInt(fat + third * 4);
    byte[] one = new byte[512];
    byte[] other = new byte[512];
    image.get(data + (second - 2) * 512, one).get(data + (third - 2) * 512, other);
    image.put(data + (second - 2) * 512, other).put(data + (third - 2) * 512, one);
    image
        .putInt(fat + 2 * 4, third)
        .putInt(fat + third * 4, second)
        .putInt(fat + second * 4, fourth);
    Path gzip = folder.resolve("card.img.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      out.write(image.array());
    }

    same(gzip, PackageSource.Form.CARD_IMAGE, Card.files());
  }

  @Test
  void aFileThatIsCutOffIsAnError() throws IOException {
    byte[] whole = Files.readAllBytes(Card.compressed(folder));
    Path cut = Files.write(folder.resolve("cut.img.xz"), Arrays.copyOf(whole, whole.length / 2));
    PackageSource source = PackageSource.open(cut);
    assertThatThrownBy(
            () ->
                source.visit(
                    (path, bytes, content) -> {
                      try (InputStream in = content.open()) {
                        in.readAllBytes();
                      }
                    }))
        .isInstanceOf(IOException.class);
  }

  @Property(tries = 20)
  void aDamagedFileSystemIsAnErrorOrOtherFilesNeverAnythingElse(
      @ForAll @IntRange(min = 0, max = 5000) int at, @ForAll byte value) throws IOException {
    byte[] image = Card.image();
    // boot sector, the beginning of the FAT, or the root folder
    int[] places = {VOLUME, VOLUME + 32 * 512, VOLUME + 2048 * 512};
    image[places[at % places.length] + at / places.length] = value;
    Path path = Files.createTempFile("damaged", ".img");
    try {
      Files.write(path, image);
      PackageSource.open(path)
          .visit(
              (name, bytes, content) -> {
                try (InputStream in = content.open()) {
                  in.transferTo(OutputStream.nullOutputStream());
                }
              });
    } catch (IOException | FlashException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    } finally {
      Files.delete(path);
    }
  }
}
