package io.airbox.hwtests.flash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole flashes and broken ones, as somebody with a box, a card and a cable sees them. */
class FlashWatchIT {
  /** The ninth of 19 writes: table, boot 2, recovery 2, misc, rootfs 12, data. */
  private static final String NINTH = "rootfs.3-of-12.gz";

  @TempDir static Path shared;
  @TempDir Path folder;

  private static DoublePackage sdcard;

  private Path emmc;
  private UbootBox box;

  @BeforeAll
  static void make() throws IOException {
    sdcard = DoublePackage.create(shared.resolve("sdcard"));
  }

  @BeforeEach
  void prepare() {
    emmc = folder.resolve("emmc.img");
  }

  @AfterEach
  void close() throws IOException {
    if (box != null) {
      box.close();
    }
  }

  /** A box with a card whose files went through this. */
  private void box(DoublePackage.Spoiling spoiling) throws IOException {
    if (!Files.exists(emmc)) {
      DoublePackage.target(emmc);
    }
    Path card = folder.resolve("card.img");
    sdcard.card(card, spoiling);
    box = new UbootBox(folder, emmc, card);
  }

  /** A box with a card as a user makes it. */
  private void boxWithOwnCard() throws IOException {
    DoublePackage.target(emmc);
    String card = folder.resolve("card.img").toString();
    String files = sdcard.folder().toString();
    airbox("flash", "prepare", files, card, "--size", "64M", "--yes", card);
    assertThat(airbox("flash", "verify", card, files)).contains("PROVEN");
    box = new UbootBox(folder, emmc, Path.of(card));
  }

  /** Fails unless it ends with 0. */
  private static String airbox(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = Checkout.path("appliance-daemon/target/airbox/bin/airbox").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return HostPrograms.run(command);
  }

  private static void whole(Path files) {}

  private WatchProcess watch(String... options) throws IOException {
    String[] all = Arrays.copyOf(options, options.length + 2);
    all[options.length] = "--package";
    all[options.length + 1] = sdcard.folder().toString();
    WatchProcess watch = WatchProcess.start(folder, box.port(), all);
    watch.await("opened");
    return watch;
  }

  private static String symptom(JsonNode report) {
    return report.path("problems").path(0).path("symptom").asText();
  }

  private static String text(JsonNode report, String member) {
    return report.path(member).asText();
  }

  private static Collection<String> states(JsonNode report) {
    return report.path("writes").findValuesAsText("state");
  }

  private byte[] onTarget(DoublePackage.Content content) throws IOException {
    byte[] bytes = new byte[content.bytes().length];
    try (RandomAccessFile file = new RandomAccessFile(emmc.toFile(), "r")) {
      file.seek((long) content.firstBlock() * DoublePackage.BLOCK);
      file.readFully(bytes);
    }
    return bytes;
  }

  /** The partition of the logs by its file, all others by their hashes. */
  private void assertFlashed() throws IOException {
    for (Map.Entry<String, DoublePackage.Content> each : sdcard.partitions().entrySet()) {
      if (each.getKey().equals("boot")) {
        String script = "::boot.scr.emmc";
        Path there = folder.resolve("script");
        long at = (long) each.getValue().firstBlock() * DoublePackage.BLOCK;
        HostPrograms.run("mcopy", "-n", "-i", emmc + "@@" + at, script, there.toString());
        assertThat(there).hasSameBinaryContentAs(shared.resolve("boot.scr.emmc"));
      } else {
        assertThat(DoublePackage.hash("SHA-256", onTarget(each.getValue())))
            .as(each.getKey())
            .isEqualTo(DoublePackage.hash("SHA-256", each.getValue().bytes()));
      }
    }
  }

  @Test
  void aCardIsPreparedProvenAndFlashedAndTheBoxStartsUnattended() throws IOException {
    boxWithOwnCard();
    box.plug();
    try (WatchProcess watch = watch()) {
      box.powerOn();
      watch.await(
          each -> text(each, "stage").equals("DONE") && text(each, "event").equals("stage"));
      assertThat(box.typed()).as("sent while it flashed").isEmpty();
      box.powerOff();
      box.removeCard();
      // a byte of noise stops the boot in its countdown, as was seen on a box
      box.when("autoboot", () -> box.disturb(" "));
      box.powerOn();
      JsonNode report = watch.report();
      assertThat(watch.exitCode()).isZero();
      assertThat(box.typed()).isEqualTo("mmc dev 1\rboot\r");
      assertThat(text(report, "verdict")).isEqualTo("VERIFIED");
      assertThat(text(report, "ending")).isEqualTo("BOOTED");
      assertThat(text(report, "stage")).isEqualTo("LOGIN");
      assertThat(states(report)).hasSize(19).containsOnly("WRITTEN");
      assertThat(watch.events().stream().filter(each -> text(each, "event").equals("wrote")))
          .hasSize(19);
      assertThat(text(report, "transcript")).satisfies(FlashWatchIT::isKept);
    }
    assertFlashed();
  }

  private static void isKept(String transcript) {
    Path file = Path.of(transcript);
    assertThat(file).content().contains("all done", "login:");
    assertThat(file.resolveSibling("console.times")).content().contains(" sent boot\n");
    assertThat(file.resolveSibling("report.json")).content().contains("VERIFIED");
  }

  /** A cut chunk runs into what the one before left in memory, so it may end early or break. */
  @ParameterizedTest
  @CsvSource({
    "missing,   FILE_UNREADABLE,            rootfs.5-of-12.gz,    ERROR_LOOP",
    "truncated, CHUNK_SHORT or CHUNK_CORRUPT, rootfs.5-of-12.gz,  DONE or ERROR_LOOP",
    "short,     CHUNK_SHORT,                rootfs.5-of-12.gz,    DONE",
    "skipped,   SCRIPT_CORRUPT,             boot_emmc-rootfs.scr, DONE",
    "small,     TARGET_TOO_SMALL,           misc.1-of-1.gz,       ERROR_LOOP"
  })
  void whatGoesWrongIsNamedAndNeverASuccess(
      String fault, String symptom, String where, String stage) throws IOException {
    if (fault.equals("small")) {
      DoublePackage.smallTarget(emmc);
    }
    box(files -> spoil(files, fault));
    box.plug();
    try (WatchProcess watch = watch()) {
      box.powerOn();
      JsonNode report = watch.report();
      assertThat(watch.exitCode()).isEqualTo(1);
      assertThat(text(report, "verdict")).isEqualTo("FAILED");
      assertThat(symptom(report)).isIn((Object[]) symptom.split(" or "));
      assertThat(report.path("problems").path(0).path("where").asText()).isEqualTo(where);
      assertThat(report.path("problems").path(0).path("evidence").path("text").asText())
          .isNotEmpty();
      assertThat(text(report, "stage")).isIn((Object[]) stage.split(" or "));
      assertThat(box.typed()).isEmpty();
    }
  }

  private static void spoil(Path files, String fault) throws IOException {
    Path chunk = files.resolve(DoublePackage.VICTIM);
    switch (fault) {
      case "missing" -> Files.delete(chunk);
      case "truncated" -> {
        byte[] all = Files.readAllBytes(chunk);
        Files.write(chunk, Arrays.copyOf(all, all.length * 6 / 10));
      }
      case "short" -> {
        byte[] all = gunzip(chunk);
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(chunk))) {
          gzip.write(all, 0, all.length / 2);
        }
      }
      case "skipped" -> {
        Path script = files.resolve("boot_emmc-rootfs.scr");
        byte[] all = Files.readAllBytes(script);
        all[200] ^= 1;
        Files.write(script, all);
      }
      default -> {
        // the card is whole
      }
    }
  }

  private static byte[] gunzip(Path chunk) throws IOException {
    try (InputStream gzip = new GZIPInputStream(Files.newInputStream(chunk))) {
      return gzip.readAllBytes();
    }
  }

  @Test
  void aPowerCutIsIncompleteAndTheNextRunCounts() throws Exception {
    box(FlashWatchIT::whole);
    box.plug();
    box.when("//" + NINTH, box::powerOff);
    try (WatchProcess watch = watch("--give-up", "12")) {
      box.powerOn();
      JsonNode report = watch.report();
      assertThat(watch.exitCode()).isEqualTo(1);
      assertThat(text(report, "verdict")).isEqualTo("INCOMPLETE");
      assertThat(text(report, "ending")).isEqualTo("SILENT");
      assertThat(report.path("reasons").path(0).asText()).contains(NINTH);
    }
    CountDownLatch dark = new CountDownLatch(1);
    box.when(
        "//" + NINTH,
        () -> {
          box.powerOff();
          dark.countDown();
        });
    try (WatchProcess watch = watch("--until", "flashed")) {
      box.powerOn();
      dark.await();
      box.powerOn();
      assertThat(text(watch.await("problem"), "symptom")).isEqualTo("RESET_WHILE_FLASHING");
      JsonNode report = watch.report();
      assertThat(text(report, "verdict")).as("%s", report.path("reasons")).isEqualTo("VERIFIED");
      assertThat(watch.exitCode()).isZero();
      assertThat(report.path("attempts").asInt()).isEqualTo(2);
    }
    assertFlashed();
  }

  @Test
  void aCableThatIsPulledLeavesTheFlashUnproven() throws Exception {
    box(FlashWatchIT::whole);
    box.plug();
    CountDownLatch missed = new CountDownLatch(1);
    box.when("//rootfs.3-of", box::unplug);
    box.when(
        "//rootfs.6-of",
        () -> {
          missed.countDown();
          box.hold();
        });
    try (WatchProcess watch = watch("--until", "flashed")) {
      box.powerOn();
      watch.await("lost");
      missed.await();
      box.plug();
      watch.await("opened");
      box.goOn();
      JsonNode report = watch.report();
      assertThat(watch.exitCode()).isEqualTo(9);
      assertThat(text(report, "verdict")).isEqualTo("COMPLETED");
      assertThat(report.path("reasons").path(0).asText()).contains("planned writes were not seen");
      assertThat(Path.of(text(report, "transcript")).resolveSibling("console.times"))
          .content()
          .containsSubsequence(" opened ", " lost ", " opened ");
    }
    assertFlashed();
  }

  @Test
  void aCardThatIsLeftInStartsTheFlashAgainAndIsNoSuccess() throws Exception {
    box(FlashWatchIT::whole);
    box.plug();
    try (WatchProcess watch = watch("--give-up", "12")) {
      box.powerOn();
      watch.await(
          each -> text(each, "stage").equals("DONE") && text(each, "event").equals("stage"));
      box.powerOff();
      box.when("//" + NINTH, box::powerOff);
      box.powerOn();
      assertThat(text(watch.await("problem"), "symptom")).isEqualTo("STARTED_AGAIN");
      JsonNode report = watch.report();
      assertThat(watch.exitCode()).isEqualTo(1);
      assertThat(text(report, "verdict")).isEqualTo("INCOMPLETE");
      assertThat(report.path("attempts").asInt()).isEqualTo(2);
      assertThat(box.typed()).isEmpty();
    }
  }

  @Test
  void whoComesInTheMiddleKnowsThePercentageWithinTwoWrites() throws Exception {
    box(FlashWatchIT::whole);
    box.when(
        "//rootfs.3-of",
        () -> {
          plug();
          box.hold();
        });
    // of the third chunk the first lines may be lost, so the fourth and the fifth are there in time
    box.when("//rootfs.6-of", box::hold);
    box.powerOn();
    awaitPort();
    try (WatchProcess watch = watch("--until", "flashed")) {
      box.goOn();
      watch.await("wrote");
      watch.await("wrote");
      JsonNode progress =
          watch.await(
              each ->
                  text(each, "event").equals("progress")
                      && text(each, "file").startsWith("rootfs."));
      long all = 0;
      for (JsonNode partition : progress.path("partitions")) {
        all += partition.path("blocks").asLong();
      }
      int chunk = Integer.parseInt(text(progress, "file").split("[.-]")[1]);
      // table, boot, recovery, misc, chunks
      long before = 34 + 2 * 2048 + 3072 + 2048 + (chunk - 1) * 2048L;
      assertThat(progress.path("fraction").asDouble())
          .isBetween(before / (double) all, (before + 2048) / (double) all);
      box.goOn();
      JsonNode report = watch.report();
      assertThat(watch.exitCode()).isEqualTo(9);
      assertThat(text(report, "verdict")).isEqualTo("COMPLETED");
      assertThat(report.path("fromStart").asBoolean()).isFalse();
    }
    assertFlashed();
  }

  private void plug() {
    try {
      box.plug();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitPort() {
    Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> Files.isSymbolicLink(box.port()));
  }

  @Test
  void twoProgramsDoNotShareAPortAndCtrlCLeavesTheTranscript() throws Exception {
    box(FlashWatchIT::whole);
    box.plug();
    box.when("//" + NINTH, box::hold);
    try (WatchProcess watch = watch()) {
      box.powerOn();
      watch.await(each -> text(each, "file").equals(NINTH));
      try (WatchProcess second = WatchProcess.start(folder, box.port())) {
        assertThat(second.exitCode()).isEqualTo(6);
        assertThat(second.messages()).contains("is in use by another program: close it");
      }
      watch.interrupt();
      assertThat(watch.exitCode()).isEqualTo(130);
      JsonNode report = watch.report();
      assertThat(text(report, "ending")).isEqualTo("STOPPED");
      assertThat(text(report, "verdict")).isEqualTo("INCOMPLETE");
      Path transcript = Path.of(text(report, "transcript"));
      assertThat(transcript).content().contains(NINTH);
      assertThat(watch.messages())
          .contains("transcript and report are in " + transcript.getParent());
    }
  }
}
