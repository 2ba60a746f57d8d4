package io.airbox.flasher.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.source.Card;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of cards as dosfstools, mtools and sfdisk see them. */
class CardImageIT {
  private static final CardPackage.Progress NOBODY = (file, bytes) -> {};
  private static final String TOOLS =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final int START = 8192 * 512;

  @TempDir Path folder;

  /** A program's output, which has to end with 0. */
  private static String run(Object... command) throws IOException {
    List<String> words = new ArrayList<>();
    for (Object word : command) {
      words.add(word.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("PATH", TOOLS);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("MTOOLS_SKIP_CHECK", "0");
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertThat(process.waitFor()).as(words + ":\n" + said).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return said;
  }

  private static Path image(Path folder, Map<String, byte[]> files, long bytes) throws IOException {
    Path zip = Card.zip(folder.resolve("sdcard.zip"), "sdcard/", files);
    Path image = folder.resolve("card.img");
    Files.deleteIfExists(image);
    CardPackage scripts = CardPackage.read(zip, CardPackage.Depth.SCRIPTS);
    CardTarget.of(image, new CardTarget.Wishes(bytes, false)).write(scripts, NOBODY);
    return image;
  }

  /** fsck.fat finds nothing, and mtools reads back what was written. */
  private static void sound(Path folder, Path image, Map<String, byte[]> files) throws IOException {
    Path volume = folder.resolve("volume.fat");
    Files.deleteIfExists(volume);
    try (FileChannel from = FileChannel.open(image, StandardOpenOption.READ);
        FileChannel to =
            FileChannel.open(volume, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      ByteBuffer block = ByteBuffer.allocate(1 << 16);
      byte[] zeros = new byte[block.capacity()];
      for (long at = START; at < from.size(); at += block.capacity()) {
        block.clear();
        from.read(block, at);
        block.flip();
        if (block.mismatch(ByteBuffer.wrap(zeros)) >= 0 || at + zeros.length >= from.size()) {
          to.write(block, at - START);
        }
      }
    }
    assertThat(run("fsck.fat", "-n", "-v", volume)).contains(files.size() + 1 + " files");
    Path out = folder.resolve("out");
    if (Files.exists(out)) {
      try (Stream<Path> old = Files.walk(out)) {
        for (Path each : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
    Files.createDirectory(out);
    run("mcopy", "-s", "-i", image + "@@4M", "::*", out);
    Map<String, byte[]> read = new HashMap<>();
    try (Stream<Path> each = Files.list(out)) {
      for (Path file : each.toList()) {
        read.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    assertThat(read.keySet()).isEqualTo(files.keySet());
    files.forEach((name, bytes) -> assertThat(read.get(name)).as(name).isEqualTo(bytes));
  }

  @Test
  void theTableHasOneFat32PartitionAndTheFilesAreThere() throws IOException {
    Path image = image(folder, Card.files(), 64 << 20);
    assertThat(run("sfdisk", "--dump", image))
        .contains("label: dos")
        .contains("start=        8192, size=      122880, type=c");
    assertThat(run("mlabel", "-s", "-i", image + "@@4M", "::")).contains("AIRBOX");
    sound(folder, image, Card.files());
  }

  @Test
  void theUsualSizeHasLargeClustersAndRoomForMore() throws IOException {
    Path image = image(folder, Card.files(), 0);
    assertThat(Files.size(image)).isEqualTo((1040L << 20) + START);
    assertThat(run("minfo", "-i", image + "@@4M")).contains("cluster size: 32 sectors");
    Path more = Files.write(folder.resolve("more.bin"), new byte[3 << 20]);
    run("mcopy", "-i", image + "@@4M", more, "::more.bin");
    Map<String, byte[]> files = Card.files();
    files.put("more.bin", new byte[3 << 20]);
    sound(folder, image, files);
    assertThat(CardProof.of(image, null, NOBODY).verdict()).isEqualTo(CardVerdict.PROVEN);
  }

  @Property(tries = 12, shrinking = ShrinkingMode.OFF)
  void anyPackageIsReadBackByMtools(
      @ForAll("names") List<String> names, @ForAll Random random, @ForAll boolean large)
      throws IOException {
    Path place = Files.createTempDirectory("card");
    try {
      Map<String, byte[]> files = Card.files();
      for (String name : names) {
        byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 3 : 200_000)];
        random.nextBytes(bytes);
        if (files.keySet().stream()
            .noneMatch(
                each -> each.toUpperCase(Locale.ROOT).equals(name.toUpperCase(Locale.ROOT)))) {
          files.put(name, bytes);
        }
      }
      Path image = image(place, files, large ? 2100L << 20 : 64 << 20);
      sound(place, image, files);
    } finally {
      try (Stream<Path> all = Files.walk(place)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  @Provide
  Arbitrary<List<String>> names() {
    Arbitrary<String> any =
        Arbitraries.strings()
            .withChars("abcXYZ019 ._-~+,;=[]äß字")
            .ofMinLength(1)
            .ofMaxLength(80)
            .map(name -> "x" + name + "x");
    Arbitrary<String> alike = Arbitraries.integers().between(0, 40).map(i -> "same-beginning." + i);
    return Arbitraries.oneOf(any, alike).list().ofMinSize(0).ofMaxSize(60).uniqueElements();
  }

  @Test
  void everyFormOfAPackageGivesTheSameCard() throws IOException {
    Path first = image(Files.createDirectory(folder.resolve("zip")), Card.files(), 64 << 20);
    Path image = Files.copy(first, folder.resolve("card.img"));
    try (OutputStream out =
            new java.util.zip.GZIPOutputStream(Files.newOutputStream(folder.resolve("c.img.gz")));
        InputStream in = Files.newInputStream(image)) {
      in.transferTo(out);
    }
    List<Path> forms =
        List.of(
            Card.tar(folder.resolve("a.tgz"), "sdcard/", Card.files(), true),
            Card.folder(Files.createDirectory(folder.resolve("f")), Card.files()),
            image,
            folder.resolve("c.img.gz"),
            Card.compressed(folder.resolve("zip")));
    for (Path form : forms) {
      Path copy = folder.resolve("copy.img");
      Prepared prepared =
          CardTarget.of(copy, new CardTarget.Wishes(64 << 20, false))
              .write(CardPackage.read(form, CardPackage.Depth.SCRIPTS), NOBODY);
      assertThat(CardProof.of(copy, prepared.card(), NOBODY).verdict())
          .isEqualTo(CardVerdict.PROVEN);
      sound(folder, copy, Card.files());
    }
  }

  @Test
  void aCardThatMkfsAndMcopyMadeIsProven() throws IOException {
    Path image = folder.resolve("theirs.img");
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      channel.write(ByteBuffer.wrap(new byte[1]), (96L << 20) - 1);
    }
    Path script = Files.writeString(folder.resolve("table"), "label: dos\nstart=8192, type=c\n");
    run("sh", "-c", "sfdisk -q '" + image + "' < '" + script + "'");
    run("mkfs.fat", "-F", "32", "-s", "1", "--offset", 8192, image, (92L << 20) / 1024);
    Path files = Card.folder(Files.createDirectory(folder.resolve("f")), Card.files());
    run("sh", "-c", "mcopy -i '" + image + "@@4M' '" + files + "'/* ::");
    CardPackage wanted = CardPackage.read(files, CardPackage.Depth.EVERYTHING);
    assertThat(CardProof.of(image, wanted, NOBODY).verdict()).isEqualTo(CardVerdict.PROVEN);
  }
}
