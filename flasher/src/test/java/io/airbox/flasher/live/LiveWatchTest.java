package io.airbox.flasher.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.flasher.console.Transcript;
import io.airbox.flasher.watch.Captures;
import io.airbox.flasher.watch.FlashProgress;
import io.airbox.flasher.watch.FlashReport;
import io.airbox.flasher.watch.FlashWatcher;
import io.airbox.flasher.watch.PartitionProgress;
import io.airbox.flasher.watch.Problem;
import io.airbox.flasher.watch.SeenWrite;
import io.airbox.flasher.watch.Stage;
import io.airbox.flasher.watch.Symptom;
import io.airbox.flasher.watch.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveWatchTest {
  private static final Duration MOMENT = Duration.ofSeconds(5);
  private static final String NO_CARD = "mmc dev 1\r\nMMC: no card present\r\nbm1684# ";
  private static final String CARD =
      "mmc dev 1\r\nswitch to partitions #0, OK\r\nmmc1 is current device\r\nbm1684# ";
  private static final String STOPPED =
      "U-Boot 2022.10 Sophon BM1684\r\nHit any key to stop autoboot:  1 \b\b\b 0 \r\nbm1684# ";
  private static final String LOGIN = "Ubuntu 20.04 LTS bm1684 ttyS0\r\n\r\nbm1684 login: ";

  @TempDir Path folder;

  private final ScriptedBox box = new ScriptedBox();
  private final List<WatchEvent> events = new ArrayList<>();
  private FlashWatcher watcher;
  private Path transcript;

  private Ending watch(LiveWatch.Until until) throws IOException {
    return watch(until, true);
  }

  private Ending watch(LiveWatch.Until until, boolean planned) throws IOException {
    watcher = planned ? FlashWatcher.of(Captures.PLAN, box) : FlashWatcher.withoutPlan(box);
    LiveWatch.Settings settings =
        new LiveWatch.Settings(until, Optional.of(Duration.ofMinutes(15)), Duration.ZERO);
    try (Transcript kept = Transcript.create(folder, box)) {
      transcript = kept.folder();
      return new LiveWatch(box, box.open("/dev/ttyUSB0"), watcher, kept, box, settings, events::add)
          .run();
    }
  }

  private <T extends WatchEvent> List<T> events(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static String cut(String name, String end) {
    String text = Captures.text(name);
    return text.substring(0, text.indexOf(end) + end.length());
  }

  @Test
  void aFlashIsFollowedToItsEnd() throws IOException {
    box.says(Captures.text("ok"));
    assertThat(watch(LiveWatch.Until.FLASHED)).isEqualTo(Ending.FLASHED);
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.VERIFIED);
    assertThat(box.sent).isEmpty();
    assertThat(events(WatchEvent.Wrote.class))
        .hasSize(33)
        .allMatch(each -> each.write().state() == SeenWrite.State.WRITTEN);
    assertThat(events(WatchEvent.StageChanged.class))
        .extracting(WatchEvent.StageChanged::stage)
        .containsSubsequence(Stage.FLASH_EMMC, Stage.DONE);
    assertThat(events(WatchEvent.Progressed.class))
        .extracting(each -> each.progress().fraction())
        .isSorted()
        .contains(1.0)
        .hasSizeGreaterThan(8);
    assertThat(transcript.resolve("console.log")).hasBinaryContent(Captures.bytes("ok"));
  }

  @Test
  void theLastWordsAreWaitedFor() throws IOException {
    String all = Captures.text("ok");
    String written = cut("ok", "eMMC update done\r\n");
    box.says(written).rests(MOMENT).says(all.substring(written.length()));
    assertThat(watch(LiveWatch.Until.FLASHED)).isEqualTo(Ending.FLASHED);
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.VERIFIED);
  }

  @Test
  void theLastWordsAreNotWaitedForForEver() throws IOException {
    box.says(cut("ok", "eMMC update done\r\n"));
    assertThat(watch(LiveWatch.Until.FLASHED)).isEqualTo(Ending.FLASHED);
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.COMPLETED);
    assertThat(watcher.progress().silence()).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void afterTheFlashTheBoxIsFollowedToItsLogin() throws IOException {
    box.says(Captures.text("ok"))
        .rests(Duration.ofMinutes(2))
        .says(Captures.text("boot-after-flash-no-card"))
        .says(LOGIN);
    assertThat(watch(LiveWatch.Until.BOOTED)).isEqualTo(Ending.BOOTED);
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.VERIFIED);
    assertThat(box.sent).isEmpty();
  }

  @Test
  void aBoxThatWaitsAtItsPromptWithTheCardOutIsStartedOnce() throws IOException {
    box.says(Captures.text("ok")).rests(MOMENT).says(STOPPED);
    box.answers("mmc dev 1\r", NO_CARD).answers("boot\r", "boot\r\n" + LOGIN);
    assertThat(watch(LiveWatch.Until.BOOTED)).isEqualTo(Ending.BOOTED);
    assertThat(box.sent).containsExactly("mmc dev 1\r", "boot\r");
    assertThat(events(WatchEvent.Sent.class))
        .extracting(WatchEvent.Sent::command)
        .containsExactly("mmc dev 1", "boot");
    assertThat(Files.readString(transcript.resolve("console.times")))
        .contains(" sent mmc dev 1\n", " sent boot\n");
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.VERIFIED);
  }

  @Test
  void aBoxThatComesBackToItsPromptIsNotStartedAgain() throws IOException {
    box.says(STOPPED).answers("mmc dev 1\r", NO_CARD).answers("boot\r", "boot\r\nbm1684# ");
    assertThat(watch(LiveWatch.Until.BOOTED)).isEqualTo(Ending.FAILED);
    assertThat(box.sent).containsExactly("mmc dev 1\r", "boot\r");
    assertThat(watcher.report().problems().get(0).symptom()).isEqualTo(Symptom.BOOT_STOPPED);
  }

  @Test
  void withTheCardInNothingIsStarted() throws IOException {
    box.says(Captures.text("ok")).rests(MOMENT).says(STOPPED).answers("mmc dev 1\r", CARD);
    assertThat(watch(LiveWatch.Until.BOOTED)).isEqualTo(Ending.FAILED);
    assertThat(box.sent).as("for an hour").hasSize(240).containsOnly("mmc dev 1\r");
    assertThat(events(WatchEvent.CardStillIn.class)).hasSize(1);
  }

  @Test
  void aCardThatIsPulledAtThePromptLetsTheBoxStart() throws IOException {
    box.says(Captures.text("ok")).rests(MOMENT).says(STOPPED);
    box.answers("mmc dev 1\r", CARD, NO_CARD).answers("boot\r", LOGIN);
    assertThat(watch(LiveWatch.Until.BOOTED)).isEqualTo(Ending.BOOTED);
    assertThat(box.sent).containsExactly("mmc dev 1\r", "mmc dev 1\r", "boot\r");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Hit any key to stop autoboot:  1 ",
        "Found U-Boot script /boot.scr\r\nupdate eMMC\r\n",
        "Found U-Boot script /boot.scr\r\nupdate eMMC\r\n<INTERRUPT>\r\nbm1684# ",
        "ERROR: load package failed\r\n",
        "bm1684# x",
        "Starting kernel ...\r\n",
        "bm1684 login: ",
        ""
      })
  void nothingIsSentAnywhereElse(String text) throws IOException {
    box.says(text).answers("mmc dev 1\r", NO_CARD);
    if (text.isEmpty()) {
      box.says("?").rests(MOMENT);
    }
    watch(LiveWatch.Until.BOOTED);
    assertThat(box.sent).isEmpty();
  }

  @Test
  void anIncompleteFlashIsNotStarted() throws IOException {
    box.says(Captures.text("power-cut")).says("\r\n" + STOPPED).answers("mmc dev 1\r", NO_CARD);
    assertThat(watch(LiveWatch.Until.BOOTED)).isEqualTo(Ending.FAILED);
    assertThat(box.sent).containsExactly("mmc dev 1\r");
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.INCOMPLETE);
  }

  @ParameterizedTest
  @CsvSource({
    "truncated-gz,     FAILED,      CHUNK_SHORT",
    "missing-chunk,    FAILED,      FILE_UNREADABLE",
    "bad-scr-crc,      FAILED,      SCRIPT_CORRUPT",
    "target-small,     FAILED,      TARGET_TOO_SMALL",
    "no-target,        FAILED,      NO_EMMC",
    "bad-boot-scr,     FAILED,      SCRIPT_CORRUPT",
    "missing-boot-scr, NOT_STARTED, NO_SCRIPT",
    "no-card,          NOT_STARTED, NO_CARD",
    "autoboot-stopped, NOT_STARTED, BOOT_STOPPED"
  })
  void whatHasFailedEndsTheWatch(String capture, Verdict verdict, Symptom symptom)
      throws IOException {
    boolean card = !capture.equals("no-card");
    box.says(Captures.text(capture)).answers("mmc dev 1\r", card ? CARD : NO_CARD);
    box.answers("boot\r", "boot\r\nMMC: no card present\r\nbm1684# ");
    assertThat(watch(LiveWatch.Until.BOOTED)).isEqualTo(Ending.FAILED);
    assertThat(watcher.report().verdict()).isEqualTo(verdict);
    assertThat(events(WatchEvent.Trouble.class))
        .extracting(WatchEvent.Trouble::problem)
        .extracting(Problem::symptom)
        .contains(symptom);
    assertThat(box.sent.contains("boot\r")).isEqualTo(!card);
  }

  @Test
  void aPowerCutIsAnAlarmThenSilence() throws IOException {
    box.says(Captures.text("power-cut"));
    assertThat(watch(LiveWatch.Until.BOOTED)).isEqualTo(Ending.SILENT);
    assertThat(events(WatchEvent.Silence.class))
        .extracting(WatchEvent.Silence::alarm)
        .containsExactly(
            FlashProgress.Alarm.SLOW, FlashProgress.Alarm.WARNING, FlashProgress.Alarm.STALLED);
    FlashReport report = watcher.report();
    assertThat(report.verdict()).isEqualTo(Verdict.INCOMPLETE);
    assertThat(report.problems().get(0).symptom()).isEqualTo(Symptom.SILENCE);
  }

  @Test
  void aPortThatVanishesIsFoundAgainUnderItsNewName() throws IOException {
    String all = Captures.text("ok");
    int half = all.indexOf("fs reading //rootfs.12-of-27.gz");
    box.says(all.substring(0, half)).vanishes(3, "/dev/ttyUSB1").says(all.substring(half));
    assertThat(watch(LiveWatch.Until.FLASHED)).isEqualTo(Ending.FLASHED);
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.VERIFIED);
    assertThat(events(WatchEvent.PortLost.class)).hasSize(1);
    assertThat(events(WatchEvent.PortOpened.class).get(1).port().path()).isEqualTo("/dev/ttyUSB1");
    assertThat(Files.readString(transcript.resolve("console.times")))
        .contains(" lost /dev/ttyUSB0\n", " opened /dev/ttyUSB1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rootfs.3-of-27.gz", "rootfs.14-of-27.gz", "rootfs.26-of-27.gz"})
  void whoComesInTheMiddleKnowsThePercentageWithinTwoWrites(String file) throws IOException {
    // somewhere within the line before the write of the chunk
    String all = Captures.text("ok");
    int from = all.indexOf("fs reading //" + file) - 30;
    int second = all.indexOf("blocks written", all.indexOf("blocks written", from) + 1);
    double before = fraction(cut("ok", all.substring(from, from + 30)));
    FlashWatcher whole =
        Captures.after(FlashWatcher.of(Captures.PLAN, box), all.substring(0, second));
    FlashWatcher late =
        Captures.after(FlashWatcher.of(Captures.PLAN, box), all.substring(from, second));
    assertThat(late.progress().fraction()).isEqualTo(whole.progress().fraction());
    assertThat(late.progress().fraction()).isGreaterThan(before);
    PartitionProgress rootfs =
        late.partitions().stream()
            .filter(each -> each.partition().equals("rootfs"))
            .findFirst()
            .get();
    assertThat(rootfs.done()).isBetween(0.01, 0.1);
    assertThat(rootfs.done() + rootfs.unseen()).isLessThanOrEqualTo(1);
    assertThat(late.partitions().get(0))
        .isEqualTo(new PartitionProgress("gpt", 34, 1, 0, 1, false));
  }

  private double fraction(String text) {
    return Captures.after(FlashWatcher.of(Captures.PLAN, box), text).progress().fraction();
  }

  @Test
  void withoutAPackagePartitionsFillByTheNamesOfTheirChunks() throws IOException {
    box.says(cut("ok", "fs reading //rootfs.12-of-27.gz\r\n"));
    watch(LiveWatch.Until.FLASHED, false);
    List<PartitionProgress> partitions = watcher.partitions();
    assertThat(partitions).extracting(PartitionProgress::partition).contains("boot", "rootfs");
    PartitionProgress rootfs = partitions.get(partitions.size() - 1);
    assertThat(rootfs.chunks()).isEqualTo(27);
    assertThat(rootfs.done()).isEqualTo(11 / 27.0);
    assertThat(rootfs.unseen()).isZero();
  }

  @Test
  void aRestartWithTheCardLeftInIsNoSuccess() throws IOException {
    box.says(Captures.text("ok")).rests(MOMENT).says(Captures.text("power-cut"));
    assertThat(watch(LiveWatch.Until.BOOTED)).isEqualTo(Ending.SILENT);
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.INCOMPLETE);
    assertThat(events(WatchEvent.Trouble.class))
        .extracting(each -> each.problem().symptom())
        .contains(Symptom.STARTED_AGAIN);
  }

  @Test
  void theWatchOutlivesItsTranscript() throws IOException {
    box.says(Captures.text("ok"));
    watcher = FlashWatcher.of(Captures.PLAN, box);
    Transcript closed = Transcript.create(folder, box);
    closed.close();
    LiveWatch.Settings settings = LiveWatch.Settings.usual(LiveWatch.Until.FLASHED);
    new LiveWatch(box, box.open("/dev/ttyUSB0"), watcher, closed, box, settings, events::add).run();
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.VERIFIED);
    assertThat(events(WatchEvent.TranscriptLost.class)).hasSize(1);
  }

  @Test
  void noiseFillsNeitherMemoryNorDisk() throws IOException {
    boolean many = Boolean.getBoolean("airbox.test.long");
    long bytes = (many ? 200L : 40L) << 20;
    byte[] noise = new byte[1 << 16];
    new Random(1).nextBytes(noise);
    watcher = FlashWatcher.of(Captures.PLAN, box);
    try (Transcript kept = Transcript.create(folder, box)) {
      long before = used();
      for (long sent = 0; sent < bytes; sent += noise.length) {
        noise[(int) (sent % noise.length)]++;
        kept.append(noise, 0, noise.length);
        watcher.accept(noise, 0, noise.length);
      }
      assertThat(used() - before).isLessThan(4L << 20);
      try (Stream<Path> files = Files.list(kept.folder())) {
        assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(33L << 20);
      }
    }
    assertThat(watcher.report().problems()).extracting(Problem::symptom).contains(Symptom.GARBAGE);
    byte[] ok = Captures.text("ok").getBytes(StandardCharsets.ISO_8859_1);
    watcher.accept(ok, 0, ok.length);
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.VERIFIED);
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
