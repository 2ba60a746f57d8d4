package io.airbox.flasher.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FlashWatcherTest {
  private Instant now = Instant.EPOCH;

  private FlashWatcher watcher() {
    return FlashWatcher.of(Captures.PLAN, () -> now);
  }

  private static void feed(FlashWatcher watcher, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    watcher.accept(bytes, 0, bytes.length);
  }

  @Test
  void theFractionIsThatOfTheBlocks() {
    FlashWatcher watcher = watcher();
    assertThat(watcher.progress().fraction()).isZero();
    String text = Captures.text("ok");
    double total = 126669;
    feed(watcher, text.substring(0, text.indexOf("fs reading //boot_emmc-boot")));
    assertThat(watcher.progress().fraction()).isEqualTo(34 / total);
    feed(watcher, "fs reading //boot.1-of-1.gz\r\n");
    assertThat(watcher.progress().fraction()).isEqualTo(34 / total);
    assertThat(watcher.progress().file()).isEqualTo("boot.1-of-1.gz");
    feed(watcher, "2486 bytes read in 2 ms (1.2 MiB/s)\r\n");
    assertThat(watcher.progress().fraction()).isEqualTo((34 + 0.15 * 4096) / total);
    feed(watcher, "Uncompressed size: 2097152 = 0x200000\r\n");
    assertThat(watcher.progress().fraction()).isEqualTo((34 + 0.45 * 4096) / total);
    feed(watcher, "MMC write: dev # 0, block # 8192, count 4096 ... 4096 blocks written: OK\r\n");
    assertThat(watcher.progress().fraction()).isEqualTo((34 + 4096) / total);
    assertThat(watcher.progress().estimated()).isFalse();
    feed(watcher, "Please remove the installation medium, then reboot\r\n");
    assertThat(watcher.progress().fraction()).isEqualTo(1);
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.FAILED);
  }

  @Property(tries = 100)
  void whoeverComesInTheMiddleKnowsTheFractionAfterTwoWrites(
      @ForAll @IntRange(min = 0, max = 7400) int from) {
    String text = Captures.text("ok");
    int end = from;
    for (int i = 0; i < 2; i++) {
      end = text.indexOf("written: OK\r\n", end) + 13;
    }
    if (end < 13 * 2) {
      return;
    }
    FlashWatcher whole = FlashWatcher.of(Captures.PLAN, Captures.STILL);
    feed(whole, text.substring(0, end));
    FlashWatcher late = FlashWatcher.of(Captures.PLAN, Captures.STILL);
    feed(late, text.substring(from, end));
    assertThat(late.progress().fraction()).isEqualTo(whole.progress().fraction());
    feed(late, text.substring(end));
    assertThat(late.report().verdict())
        .isEqualTo(
            from < text.indexOf("fs reading //gpt.gz") ? Verdict.VERIFIED : late.report().verdict())
        .isIn(Verdict.VERIFIED, Verdict.COMPLETED);
  }

  @Property(tries = 100)
  void howTheBytesAreCutDoesNotMatter(
      @ForAll Random random, @ForAll @IntRange(max = 16) int which) {
    String[] names = {
      "ok",
      "ctrl-c-mid-flash",
      "stock-rpi3-ok",
      "power-cut",
      "truncated-gz",
      "missing-chunk",
      "bad-scr-crc",
      "bad-boot-scr",
      "target-small",
      "no-target",
      "missing-boot-scr",
      "no-card",
      "autoboot-stopped",
      "boot-after-power-cut-no-card",
      "boot-after-flash-no-card",
      "article-1",
      "article-2"
    };
    byte[] bytes = Captures.bytes(names[which]);
    FlashWatcher whole = FlashWatcher.of(Captures.PLAN, Captures.STILL);
    whole.accept(bytes, 0, bytes.length);
    whole.end();
    FlashWatcher pieces = FlashWatcher.of(Captures.PLAN, Captures.STILL);
    for (int at = 0; at < bytes.length; ) {
      int count = Math.min(bytes.length - at, 1 + random.nextInt(40));
      pieces.accept(bytes, at, count);
      at += count;
    }
    pieces.end();
    assertThat(pieces.report()).isEqualTo(whole.report());
    assertThat(pieces.progress()).isEqualTo(whole.progress());
  }

  /** One byte of about 500 is lost: nothing is called failed that was not, and the end is found. */
  @Property(tries = 300)
  void lostCharactersNeverMakeAFailureOfASuccess(@ForAll Random random) {
    FlashReport report = Captures.watched(damaged(Captures.text("ok"), random, 500, true));
    assertThat(report.problems()).isEmpty();
    assertThat(report.verdict()).isIn(Verdict.VERIFIED, Verdict.COMPLETED);
  }

  /** Lines that tell how many chunks there were are damaged elsewhere, too. */
  @Test
  void chunksThatNobodyCanNameMayBeTheMissingOnes() {
    String text =
        Captures.text("ok")
            .replace("boot_emmc-misc.scr", "boot_emmc-msc.scr")
            .replace("//misc.1-of-1.gz", "//msc.1-of-1.gz")
            .replace("block # 20480", "block # 2048");
    for (String line : new String[] {"Uncompressed size", "blocks written"}) {
      int last = text.lastIndexOf(line);
      text = text.substring(0, last) + text.substring(last + 1);
    }
    FlashReport report = Captures.watched(text);
    assertThat(report.problems()).isEmpty();
    assertThat(report.verdict()).isEqualTo(Verdict.COMPLETED);
  }

  @Test
  void blocksThatLostADigitAreNoOtherPackage() {
    String text = Captures.text("ok");
    for (String block : new String[] {"22528", "26624", "30720", "34816"}) {
      text = text.replace("block # " + block, "block # " + block.substring(1));
    }
    FlashReport report = Captures.watched(text);
    assertThat(report.problems()).isEmpty();
    assertThat(report.verdict()).isEqualTo(Verdict.COMPLETED);
  }

  @Test
  void aPartitionWhoseLinesAreAllDamagedIsUnprovenNotSkipped() {
    String text =
        Captures.text("ok")
            .replace("boot_emmc-data.scr", "boot_emmc-dta.scr")
            .replace("//data.1-of-1.gz", "//dta.1-of-1.gz")
            .replace("block # 133120", "block # 13320");
    FlashReport report = Captures.watched(text);
    assertThat(report.problems()).isEmpty();
    assertThat(report.verdict()).isEqualTo(Verdict.COMPLETED);
  }

  /** Nor a success of a failure, whatever the line does to single characters. */
  @Property(tries = 300)
  void damagedTextNeverMakesASuccessOfAFailure(
      @ForAll Random random, @ForAll @IntRange(max = 5) int which) {
    String[] names = {
      "power-cut", "missing-chunk", "target-small", "no-target", "bad-boot-scr", "bad-scr-crc"
    };
    String text = damaged(Captures.text(names[which]), random, 100, random.nextBoolean());
    assertThat(Captures.watched(text).verdict()).isNotEqualTo(Verdict.VERIFIED);
  }

  private static String damaged(String text, Random random, int oneOf, boolean lost) {
    StringBuilder damaged = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (random.nextInt(oneOf) > 0) {
        damaged.append(text.charAt(i));
      } else if (!lost) {
        damaged.append((char) random.nextInt(256));
      }
    }
    return damaged.toString();
  }

  @Property(tries = 200)
  void anythingMayComeOverTheLine(@ForAll byte[] junk, @ForAll Random random) {
    FlashWatcher watcher = FlashWatcher.of(Captures.PLAN, Captures.STILL);
    byte[] ok = Captures.bytes("ok");
    for (int i = 0; i < 20; i++) {
      watcher.accept(junk, 0, junk.length);
      int at = random.nextInt(ok.length);
      watcher.accept(ok, at, random.nextInt(ok.length - at));
      assertThat(watcher.progress().fraction()).isBetween(0.0, 1.0);
    }
    assertThat(watcher.report()).isNotNull();
  }

  @Test
  void whatIsKeptDoesNotGrowWithTheStream() {
    FlashWatcher watcher = FlashWatcher.withoutPlan(Captures.STILL);
    feed(watcher, "update eMMC\n");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      text.append("fs reading //boot_emmc-").append(i).append(".scr\n");
      text.append("fs reading //a").append(i).append(".1-of-1.gz\n");
      text.append("Failed to load '//b").append(i).append("'\n");
      text.append("MMC write: dev # 0, block # ")
          .append(i)
          .append(", count 1 ... 1 blocks written: OK\n");
      if (text.length() > 100_000) {
        feed(watcher, text.toString());
        text.setLength(0);
      }
    }
    feed(watcher, "x".repeat(1 << 20));
    FlashReport report = watcher.report();
    assertThat(report.problems()).hasSizeLessThanOrEqualTo(64);
    assertThat(report.writes()).hasSizeLessThanOrEqualTo(4096);
    assertThat(report.problems().get(0).evidence().text()).hasSizeLessThanOrEqualTo(200);
  }

  @Test
  void silenceIsJudgedByTheStage() {
    FlashWatcher watcher = watcher();
    now = now.plusSeconds(1000);
    assertThat(watcher.progress().alarm()).isEqualTo(FlashProgress.Alarm.NONE);
    feed(watcher, "update eMMC\nfs reading //rootfs.1-of-27.gz\n");
    assertThat(alarmAfter(watcher, 19)).isEqualTo(FlashProgress.Alarm.NONE);
    assertThat(alarmAfter(watcher, 1)).isEqualTo(FlashProgress.Alarm.SLOW);
    assertThat(alarmAfter(watcher, 40)).isEqualTo(FlashProgress.Alarm.WARNING);
    assertThat(alarmAfter(watcher, 120)).isEqualTo(FlashProgress.Alarm.STALLED);
    assertThat(watcher.report().problems())
        .extracting(Problem::symptom)
        .containsExactly(Symptom.SILENCE);
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.INCOMPLETE);
    feed(watcher, "bm1684# ");
    assertThat(alarmAfter(watcher, 10_000)).isEqualTo(FlashProgress.Alarm.NONE);
    feed(watcher, "\nERROR: eMMC write failed\n");
    assertThat(alarmAfter(watcher, 20)).isEqualTo(FlashProgress.Alarm.STALLED);
  }

  private FlashProgress.Alarm alarmAfter(FlashWatcher watcher, int seconds) {
    now = now.plusSeconds(seconds);
    return watcher.progress().alarm();
  }

  @Test
  void theTimeThatRemainsIsThatOfTheChunks() {
    FlashWatcher watcher = watcher();
    assertThat(watcher.progress().remaining()).contains(Captures.PLAN.estimate());
    feed(watcher, "Found U-Boot script /boot.scr\nupdate eMMC\n");
    List<Duration> guesses = new ArrayList<>();
    for (int i = 0; i < Captures.PLAN.writes().size(); i++) {
      var write = Captures.PLAN.writes().get(i);
      feed(watcher, "fs reading //" + write.file() + "\n");
      feed(watcher, write.compressedBytes() + " bytes read in 0 ms\n");
      feed(
          watcher,
          "Uncompressed size: %d = 0x%X\n".formatted(write.expectedBytes(), write.expectedBytes()));
      now = now.plusMillis(write.count());
      feed(
          watcher,
          "MMC write: dev # 0, block # %d, count %d ... %d blocks written: OK\n"
              .formatted(write.firstBlock(), write.count(), write.count()));
      guesses.add(watcher.progress().remaining().orElseThrow());
    }
    // a millisecond a block, exactly
    assertThat(guesses.get(0)).isEqualTo(Duration.ofMillis(126669 - 34));
    assertThat(guesses.get(10))
        .isEqualTo(Duration.ofMillis(126669 - 34 - 4096 - 4096 - 2731 - 2048 - 6 * 4096));
    assertThat(guesses.get(32)).isZero();
    feed(watcher, "all done\n");
    assertThat(watcher.progress().remaining()).isEmpty();
    assertThat(watcher.report().verdict()).isEqualTo(Verdict.VERIFIED);
  }
}
