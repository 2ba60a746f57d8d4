package io.airbox.flasher.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.plan.FlashPlan;
import io.airbox.flasher.plan.Scripts;
import io.airbox.flasher.source.Card;
import io.airbox.flasher.watch.FlashReport;
import io.airbox.flasher.watch.FlashWatcher;
import io.airbox.flasher.watch.SeenWrite;
import io.airbox.flasher.watch.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real U-Boot printed when it flashed a package with a damaged chunk, beside a package with
 * the same plan and that damage: the console shows nothing, verifying the card does.
 */
class CapturedPackageTest {
  private static final String DAMAGED = "rootfs.13-of-27.gz";

  @TempDir Path folder;

  private final Map<String, byte[]> files = new LinkedHashMap<>();

  @BeforeEach
  void thePackageOfTheCaptures() throws Exception {
    Map<String, StringBuilder> scripts = new LinkedHashMap<>();
    StringBuilder emmc = new StringBuilder("mmc dev 0\n");
    for (String line : resource("plan.txt").split("\n")) {
      if (line.startsWith("#")) {
        continue;
      }
      String[] word = line.split(" ");
      if (!scripts.containsKey(word[1])) {
        emmc.append("load mmc 1:1 ${scriptaddr} //").append(word[1]);
        emmc.append("\nsource ${scriptaddr}\n");
      }
      scripts
          .computeIfAbsent(word[1], name -> new StringBuilder())
          .append("load mmc 1:1 ${ramdisk_addr_r} //")
          .append(word[2])
          .append("\nunzip ${ramdisk_addr_r} ${unzip_addr} 0x")
          .append(Long.toHexString(Long.parseLong(word[4])))
          .append("\nmmc write ${unzip_addr} 0x")
          .append(Long.toHexString(Long.parseLong(word[5])))
          .append(" 0x")
          .append(Long.toHexString(Long.parseLong(word[6])))
          .append('\n');
      files.put(word[2], chunk(Integer.parseInt(word[3]), Integer.parseInt(word[4])));
    }
    try (InputStream in =
        Objects.requireNonNull(FlashWatcher.class.getResourceAsStream("gpt.gz"))) {
      files.put("gpt.gz", in.readAllBytes());
    }
    scripts.forEach((name, text) -> files.put(name, Scripts.image(name, text.toString())));
    files.put("boot_emmc.scr", Scripts.image("boot_emmc", emmc.toString()));
    files.put(
        "boot.scr",
        Scripts.image(
            "boot", "load mmc 1:1 ${scriptaddr} //boot_emmc.scr\nsource ${scriptaddr}\n"));
    files.put("BOOT", new byte[0]);
    files.put("fip.bin", new byte[4096]);
    StringBuilder list = new StringBuilder();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      byte[] sum = MessageDigest.getInstance("MD5").digest(file.getValue());
      list.append(HexFormat.of().formatHex(sum)).append("  ").append(file.getKey()).append('\n');
    }
    files.put("md5.txt", list.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(FlashWatcher.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** Zeros in gzip of a given length: a comment in the header fills it up. */
  private static byte[] chunk(int compressed, int bytes) {
    byte[] zeros = new byte[bytes];
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(zeros);
    deflater.finish();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    while (!deflater.finished()) {
      body.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    CRC32 crc = new CRC32();
    crc.update(zeros);
    byte[] comment = new byte[compressed - 10 - 1 - body.size() - 8];
    Arrays.fill(comment, (byte) 'x');
    ByteBuffer file = ByteBuffer.allocate(compressed).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x1F, (byte) 0x8B, 8, 16, 0, 0, 0, 0, 2, 3}).put(comment).put((byte) 0);
    return file.put(body.toByteArray()).putInt((int) crc.getValue()).putInt(bytes).array();
  }

  private void damage() {
    byte[] chunk = files.get(DAMAGED);
    chunk[chunk.length - 8] ^= (byte) 0xFF;
  }

  private FlashReport console(CardPackage card, String capture) throws IOException {
    FlashWatcher watcher = FlashWatcher.of(card, InstantSource.fixed(Instant.EPOCH));
    byte[] bytes = resource(capture + ".console").getBytes(StandardCharsets.ISO_8859_1);
    watcher.accept(bytes, 0, bytes.length);
    watcher.end();
    return watcher.report();
  }

  @Test
  void theWholePackageAndItsCaptureAreVerified() throws IOException {
    Path original = Card.folder(Files.createDirectory(folder.resolve("sdcard")), files);
    CardPackage card = CardPackage.read(original, CardPackage.Depth.EVERYTHING);
    assertThat(CardProof.of(original, card, (file, bytes) -> {}).verdict())
        .isEqualTo(CardVerdict.PROVEN);
    assertThat(console(card, "ok").verdict()).isEqualTo(Verdict.VERIFIED);
  }

  @Test
  void verifyingSeesTheDamageThatNoLineOfTheConsoleShows() throws IOException {
    damage();
    Path card = Card.folder(Files.createDirectory(folder.resolve("card")), files);
    CardPackage scripts = CardPackage.read(card, CardPackage.Depth.SCRIPTS);
    assertThat(scripts.plan().blocks() * FlashPlan.BLOCK).isPositive();

    // every line is as it has to be
    FlashReport seen = console(scripts, "bad-gz-crc");
    assertThat(seen.writes()).extracting(SeenWrite::state).containsOnly(SeenWrite.State.WRITTEN);
    assertThat(seen.problems()).isEmpty();
    assertThat(seen.verdict()).isEqualTo(Verdict.COMPLETED);

    CardProof proof = CardProof.of(card, null, (file, bytes) -> {});
    assertThat(proof.verdict()).isEqualTo(CardVerdict.UNFIT);
    assertThat(proof.faults())
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.where()).isEqualTo(DAMAGED);
              assertThat(fault.value()).contains("its CRC is wrong");
            });
    // and with it read whole, the same console is no success any more
    FlashReport known = console(CardPackage.read(card, CardPackage.Depth.EVERYTHING), "bad-gz-crc");
    assertThat(known.verdict()).isEqualTo(Verdict.FAILED);
  }

  @Test
  void prepareLeavesNothingToStartFromAndNamesTheChunk() throws IOException {
    damage();
    Path bad = Card.folder(Files.createDirectory(folder.resolve("bad")), files);
    Path image = folder.resolve("card.img");
    Prepared prepared =
        CardTarget.of(image, new CardTarget.Wishes(64 << 20, false))
            .write(CardPackage.read(bad, CardPackage.Depth.SCRIPTS), (file, bytes) -> {});
    assertThat(prepared.card().findings())
        .anySatisfy(finding -> assertThat(finding.where()).isEqualTo(DAMAGED));
    assertThat(image).doesNotExist();
  }
}
