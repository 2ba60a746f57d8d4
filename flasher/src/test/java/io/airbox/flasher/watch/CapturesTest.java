package io.airbox.flasher.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.flasher.watch.SeenWrite.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapturesTest {
  @ParameterizedTest
  @CsvSource({
    "ok,                           VERIFIED,    COMPLETED,   DONE,        ,",
    "reflash-after-power-cut,      VERIFIED,    COMPLETED,   DONE,        ,",
    "ctrl-c-mid-flash,             VERIFIED,    COMPLETED,   PROMPT,      ,",
    "stock-rpi3-ok,                VERIFIED,    COMPLETED,   DONE,        ,",
    "power-cut,                    INCOMPLETE,  INCOMPLETE,  FLASH_EMMC,  ,",
    "truncated-gz,                 FAILED,      FAILED,      DONE,        CHUNK_SHORT,"
        + " rootfs.13-of-27.gz",
    "missing-chunk,                FAILED,      FAILED,      ERROR_LOOP,  FILE_UNREADABLE,"
        + " rootfs.13-of-27.gz",
    "bad-scr-crc,                  FAILED,      FAILED,      DONE,        SCRIPT_CORRUPT,"
        + " boot_emmc-rootfs.scr",
    "bad-boot-scr,                 FAILED,      FAILED,      PROMPT,      SCRIPT_CORRUPT, boot.scr",
    "target-small,                 FAILED,      FAILED,      ERROR_LOOP,  TARGET_TOO_SMALL,"
        + " rootfs.27-of-27.gz",
    "no-target,                    FAILED,      FAILED,      ERROR_LOOP,  NO_EMMC,",
    "missing-boot-scr,             NOT_STARTED, NOT_STARTED, PROMPT,      NO_SCRIPT,",
    "no-card,                      NOT_STARTED, NOT_STARTED, PROMPT,      NO_CARD,",
    "autoboot-stopped,             NOT_STARTED, NOT_STARTED, PROMPT,      BOOT_STOPPED,",
    "boot-after-power-cut-no-card, NOT_STARTED, NOT_STARTED, PROMPT,      SYSTEM_UNBOOTABLE,",
    "boot-after-flash-no-card,     BOOTED,      BOOTED,      LINUX,       ,",
    "article-1,                    INCOMPLETE,  INCOMPLETE,  FLASH_EMMC,  ,",
    "article-2,                    COMPLETED,   COMPLETED,   DONE,        ,"
  })
  void everyCaptureGetsItsVerdict(
      String name,
      Verdict withPlan,
      Verdict withoutPlan,
      Stage stage,
      Symptom symptom,
      String where) {
    if (!name.startsWith("article")) {
      check(Captures.watched(Captures.text(name)), withPlan, stage, symptom, where);
    }
    check(Captures.read(Captures.text(name)), withoutPlan, stage, symptom, where);
  }

  private static void check(
      FlashReport report, Verdict verdict, Stage stage, Symptom symptom, String where) {
    assertThat(report.verdict()).isEqualTo(verdict);
    assertThat(report.stage()).isEqualTo(stage);
    if (symptom == null) {
      assertThat(report.problems()).isEmpty();
    } else {
      assertThat(report.problems().get(0).symptom()).isEqualTo(symptom);
      assertThat(report.problems().get(0).where()).isEqualTo(where == null ? "" : where);
      assertThat(report.problems().get(0).evidence().text()).isNotEmpty();
    }
  }

  @Test
  void aDamagedChunkShowsOnNoLine() {
    // the card is what has to be checked; without that, no more than this can be said
    assertThat(Captures.read(Captures.text("bad-gz-crc")).verdict()).isEqualTo(Verdict.COMPLETED);
  }

  @Test
  void everyWriteIsListedWithWhatBecameOfIt() {
    FlashReport ok = Captures.watched(Captures.text("ok"));
    assertThat(ok.writes()).hasSize(33);
    assertThat(ok.written()).isEqualTo(33);
    assertThat(ok.writes().get(32))
        .isEqualTo(new SeenWrite("data", "data.1-of-1.gz", 133120, 4096, 2097152, State.WRITTEN));
    assertThat(ok.bootLoader()).isEqualTo("2023.01");
    assertThat(ok.fromStart()).isTrue();
    assertThat(ok.bytes()).isEqualTo(Captures.bytes("ok").length);

    FlashReport cut = Captures.watched(Captures.text("power-cut"));
    assertThat(cut.written()).isEqualTo(18);
    assertThat(cut.writes().get(18).state()).isEqualTo(State.BEGUN);
    assertThat(cut.reasons()).containsExactly("what was read ends at rootfs.14-of-27.gz");

    FlashReport small = Captures.watched(Captures.text("target-small"));
    assertThat(small.written()).isEqualTo(31);
    assertThat(small.writes().get(31).state()).isEqualTo(State.WRONG);
  }

  @Test
  void aPartitionThatWasSkippedIsNamed() {
    FlashReport report = Captures.watched(Captures.text("bad-scr-crc"));
    assertThat(report.problems())
        .extracting(Problem::symptom)
        .containsExactly(Symptom.SCRIPT_CORRUPT, Symptom.PARTITION_SKIPPED);
    assertThat(report.problems().get(1).where()).isEqualTo("rootfs");

    // and also when the one line that tells it was lost
    FlashReport silent =
        Captures.watched(Captures.text("bad-scr-crc").replace("Bad data crc\r\n", ""));
    assertThat(silent.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(silent.problems().get(0).where()).isEqualTo("rootfs");
  }

  @Test
  void harmlessLinesAreNamedAsSuch() {
    assertThat(Captures.watched(Captures.text("ok")).remarks())
        .extracting(Remark::notice)
        .containsExactly(Notice.NO_LED, Notice.NO_POST_SCRIPT);
    assertThat(Captures.read(Captures.text("stock-rpi3-ok")).remarks())
        .extracting(Remark::notice)
        .contains(Notice.OPTIONAL_COMMAND, Notice.CARD_ABSENT);
    assertThat(Captures.watched(Captures.text("ctrl-c-mid-flash")).remarks())
        .extracting(Remark::notice)
        .contains(Notice.SCRIPT_ENDED);
    assertThat(Captures.read(Captures.text("article-2")).remarks())
        .extracting(Remark::notice)
        .contains(Notice.LOG_CUT);
  }

  @Test
  void theBoxOfTheArticleIsUnderstoodThoughBlanksAreLost() {
    FlashReport first = Captures.read(Captures.text("article-1"));
    assertThat(first.fromStart()).isFalse();
    assertThat(first.writes())
        .containsExactly(
            new SeenWrite("", "", 471040, 137600, 70451200, State.WRITTEN),
            new SeenWrite("misc", "misc.1-of-1.gz", 6561792, 20480, 10485760, State.WRITTEN));
    FlashWatcher watcher =
        Captures.after(FlashWatcher.withoutPlan(Captures.STILL), Captures.text("article-1"));
    assertThat(watcher.progress().file()).isEqualTo("rootfs.1-of-27.gz");
    assertThat(watcher.progress().estimated()).isTrue();
    assertThat(watcher.progress().fraction()).isBetween(0.1, 0.2);
    assertThat(Captures.read(Captures.text("article-2")).reasons())
        .containsExactly("there is no package to compare with");
  }

  @Test
  void aFlashThatWasStartedAgainIsJudgedByItsLastRun() {
    FlashReport again =
        Captures.watched(Captures.text("power-cut"), Captures.text("reflash-after-power-cut"));
    assertThat(again.verdict()).isEqualTo(Verdict.VERIFIED);
    assertThat(again.attempts()).isEqualTo(2);
    assertThat(again.remarks()).extracting(Remark::notice).contains(Notice.RESTARTED);

    FlashReport reset =
        Captures.watched(Captures.text("power-cut"), Captures.text("autoboot-stopped"));
    assertThat(reset.verdict()).isEqualTo(Verdict.INCOMPLETE);
    assertThat(reset.problems().get(0).symptom()).isEqualTo(Symptom.RESET_WHILE_FLASHING);
    assertThat(reset.problems().get(0).where()).isEqualTo("rootfs.14-of-27.gz");
  }

  @Test
  void aCardThatWasLeftInIsNoSuccess() {
    FlashReport report = Captures.watched(Captures.text("ok"), Captures.text("power-cut"));
    assertThat(report.verdict()).isEqualTo(Verdict.INCOMPLETE);
    assertThat(report.problems().get(0).symptom()).isEqualTo(Symptom.STARTED_AGAIN);
  }

  @Test
  void theSystemHasToBootOnceItWasSeenToTry() {
    FlashReport good =
        Captures.watched(Captures.text("ok"), Captures.text("boot-after-flash-no-card"));
    assertThat(good.verdict()).isEqualTo(Verdict.VERIFIED);
    assertThat(good.stage()).isEqualTo(Stage.LINUX);
    FlashReport bad =
        Captures.watched(Captures.text("ok"), Captures.text("boot-after-power-cut-no-card"));
    assertThat(bad.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(bad.problems().get(0).symptom()).isEqualTo(Symptom.SYSTEM_UNBOOTABLE);
  }

  @Test
  void anotherPackageThanTheOneOnTheCardIsNoticed() {
    String other = Captures.text("ok").replace("block # 1", "block # 9");
    FlashReport report = Captures.watched(other);
    assertThat(report.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(report.problems().get(0).symptom()).isEqualTo(Symptom.OTHER_PACKAGE);
  }

  @Test
  void anEmmcThatFailsTwiceAtTheSameBlockIsDefective() {
    String failed =
        "Found U-Boot script /boot.scr\nupdate eMMC\nMMC write: dev # 0, block # 22528, count 4096"
            + " ... 12 blocks written: ERROR\nERROR: eMMC write failed\n";
    FlashReport once = Captures.watched(failed);
    assertThat(once.problems()).extracting(Problem::symptom).containsExactly(Symptom.WRITE_FAILED);
    FlashReport twice = Captures.watched(failed, "U-Boot 2022.10\n", failed);
    assertThat(twice.problems().get(0).symptom()).isEqualTo(Symptom.EMMC_DEFECT);
    assertThat(twice.problems().get(0).where()).isEqualTo("block 22528");
  }
}
