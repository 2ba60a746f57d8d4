package io.airbox.netplan.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.netplan.apply.NetworkApplyException.Reason;
import io.airbox.netplan.staging.Disk;
import io.airbox.netplan.staging.FileChange;
import io.airbox.netplan.staging.Fuse;
import io.airbox.netplan.staging.StagingException;
import io.airbox.netplan.staging.StagingStatus.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkApplyTest {
  private static final Duration WINDOW = Duration.ofSeconds(120);

  @TempDir Path scratch;
  private Path folder;
  private final TestClock clock = new TestClock();
  private final RootSide root = new RootSide();
  private final List<String> told = new ArrayList<>();
  private NetworkApply changes;

  @BeforeEach
  void open() {
    folder = scratch.resolve("network");
    changes = open(Disk.real());
  }

  private NetworkApply open(Disk disk) {
    NetworkApply opened = NetworkApply.open(folder, root, clock, disk);
    opened.onChange(
        change ->
            told.add(change.state() + (change.reason().isEmpty() ? "" : ": ") + change.reason()));
    return opened;
  }

  private static NetworkChange change(Duration window) {
    return new NetworkChange(
        "plan-1",
        "owner",
        window,
        List.of(new FileChange("01-netcfg.yaml", null, "network: {version: 2}\n")),
        List.of("bond0"),
        List.of("https://10.0.0.5/", "https://airbox.local/"),
        List.of("https://192.168.150.1"),
        "--- a\n+++ b\n+  k\u00f6y: \\ = #\n");
  }

  private Announced apply() {
    return changes.apply(change(WINDOW));
  }

  private Announced applied() {
    Announced announced = apply();
    clock.pass(NetworkApply.DELAY);
    changes.step();
    changes.step();
    return announced;
  }

  private Transaction current() {
    return changes.current().orElseThrow();
  }

  private static Reason refusal(ThrowingCallable call) {
    return catchThrowableOfType(NetworkApplyException.class, call).reason();
  }

  private void restartDaemon() {
    changes.close();
    changes = open(Disk.real());
  }

  private void restartMachine() {
    clock.restart();
    root.restart();
    restartDaemon();
  }

  @Test
  void isConfirmedOverTheNewSettings() {
    assertThat(changes.current()).isEmpty();

    Announced announced = apply();

    assertThat(announced.transaction().id()).matches("[a-z2-7]{26}");
    assertThat(announced.token()).hasSizeGreaterThanOrEqualTo(43);
    assertThat(announced.transaction())
        .isEqualTo(
            new Transaction(
                announced.transaction().id(),
                "plan-1",
                "owner",
                ApplyState.PREPARED,
                "",
                clock.now(),
                clock.now(),
                WINDOW,
                clock.now().plusSeconds(122),
                WINDOW,
                List.of("https://10.0.0.5/", "https://airbox.local/"),
                List.of("https://192.168.150.1"),
                "--- a\n+++ b\n+  k\u00f6y: \\ = #\n"));
    changes.step();
    assertThat(root.calls).containsExactly("rehearse");

    clock.pass(NetworkApply.DELAY);
    changes.step();
    assertThat(root.calls).containsExactly("rehearse", "stage");
    clock.pass(Duration.ofSeconds(20));
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.AWAITING_CONFIRM);
    assertThat(current().left()).isEqualTo(Duration.ofSeconds(100));

    Transaction kept = changes.confirm(announced.transaction().id(), announced.token());

    assertThat(kept.state()).isEqualTo(ApplyState.CONFIRMED);
    assertThat(kept.left()).isZero();
    assertThat(kept.ended()).isEqualTo(clock.now());
    assertThat(root.kept).isEqualTo(kept.id());
    assertThat(changes.confirm(kept.id(), announced.token())).isEqualTo(kept);
    assertThat(changes.history()).containsExactly(kept);
    assertThat(told).containsExactly("PREPARED", "APPLYING", "AWAITING_CONFIRM", "CONFIRMED");
    clock.pass(Duration.ofHours(1));
    changes.step();
    assertThat(current()).isEqualTo(kept);
    assertThat(root.calls).containsExactly("rehearse", "stage", "commit");
  }

  @Test
  void goesByItselfAtTheEndOfItsWindow() {
    Announced announced = applied();
    root.prompt = false;
    clock.pass(WINDOW.minusMillis(1));
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.AWAITING_CONFIRM);

    clock.pass(Duration.ofMillis(1));
    changes.step();

    assertThat(current().state()).isEqualTo(ApplyState.ROLLING_BACK);
    assertThat(refusal(() -> changes.confirm(announced.transaction().id())))
        .isEqualTo(Reason.NOT_WAITING);
    root.says(announced.transaction().id(), State.REVERTED, "it was not kept");
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.ROLLED_BACK);
    assertThat(changes.history())
        .extracting(Transaction::state)
        .containsExactly(ApplyState.ROLLED_BACK);
    assertThat(told)
        .containsExactly(
            "PREPARED",
            "APPLYING",
            "AWAITING_CONFIRM",
            "ROLLING_BACK: nobody confirmed it in time",
            "ROLLED_BACK: nobody confirmed it in time");
  }

  @Test
  void theWindowDoesNotFollowTheClockOnTheWall() {
    applied();

    clock.set(Instant.parse("2030-01-01T00:00:00Z"));
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.AWAITING_CONFIRM);

    clock.set(Instant.parse("1970-01-01T00:00:00Z"));
    clock.pass(WINDOW);
    changes.step();
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.ROLLED_BACK);
  }

  @Test
  void aConfirmationAfterTheDeadlineIsTooLateThoughNothingHasLooked() {
    Announced announced = applied();
    clock.pass(WINDOW);

    assertThat(refusal(() -> changes.confirm(announced.transaction().id(), announced.token())))
        .isEqualTo(Reason.NOT_WAITING);
    assertThat(root.calls).endsWith("revert").doesNotContain("commit");
  }

  @Test
  void aConfirmationBeforeTheSettingsAreUpIsTooEarly() {
    root.prompt = false;
    Announced announced = apply();
    String id = announced.transaction().id();
    assertThat(refusal(() -> changes.confirm(id, announced.token()))).isEqualTo(Reason.NOT_WAITING);
    clock.pass(NetworkApply.DELAY);
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.APPLYING);
    assertThat(refusal(() -> changes.confirm(id, announced.token()))).isEqualTo(Reason.NOT_WAITING);

    root.says(id, State.APPLIED, "");

    assertThat(changes.confirm(id, announced.token()).state()).isEqualTo(ApplyState.CONFIRMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "TOKEN", "TOKENOTHER", "\u0000"})
  void takesNoOtherToken(String wrong) {
    Announced announced = applied();
    String right = announced.token();
    String token =
        wrong
            .replace("TOKEN", right.substring(0, right.length() - 1))
            .replace("OTHER", right.endsWith("A") ? "B" : "A");

    assertThat(refusal(() -> changes.confirm(announced.transaction().id(), token)))
        .isEqualTo(Reason.WRONG_TOKEN);
    assertThat(refusal(() -> changes.confirm("a".repeat(26), announced.token())))
        .isEqualTo(Reason.NO_SUCH_TRANSACTION);
    assertThat(current().state()).isEqualTo(ApplyState.AWAITING_CONFIRM);
  }

  @Test
  void theConsoleNeedsNoToken() {
    String id = applied().transaction().id();

    assertThat(changes.confirm(id).state()).isEqualTo(ApplyState.CONFIRMED);
  }

  @Test
  void theTokenIsOnlyInTheAnswer() throws Exception {
    Announced announced = applied();
    restartDaemon();
    changes.confirm(announced.transaction().id(), announced.token());

    assertThat(announced.toString()).doesNotContain(announced.token());
    assertThat(current().toString()).doesNotContain(announced.token());
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file)).doesNotContain(announced.token());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void oneChangeAtATime() {
    for (String state : List.of("PREPARED", "AWAITING_CONFIRM", "ROLLING_BACK")) {
      if (state.equals("PREPARED")) {
        apply();
      } else if (state.equals("AWAITING_CONFIRM")) {
        clock.pass(NetworkApply.DELAY);
        changes.step();
        changes.step();
      } else {
        root.prompt = false;
        changes.revert(current().id(), "owner");
      }
      assertThat(current().state()).hasToString(state);
      assertThat(refusal(this::apply)).as(state).isEqualTo(Reason.BUSY);
    }
    root.says(current().id(), State.REVERTED, "");
    changes.step();
    assertThat(apply().transaction().state()).isEqualTo(ApplyState.PREPARED);
  }

  @Test
  void ofTwoAtOnceOneIsAnnounced() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(2);
    try {
      for (int i = 0; i < 10; i++) {
        CountDownLatch both = new CountDownLatch(2);
        List<Future<String>> answers = new ArrayList<>();
        for (int client = 0; client < 2; client++) {
          answers.add(
              clients.submit(
                  () -> {
                    both.countDown();
                    both.await();
                    try {
                      return apply().transaction().id();
                    } catch (NetworkApplyException e) {
                      return e.reason().name();
                    }
                  }));
        }
        List<String> got =
            List.of(
                answers.get(0).get(20, TimeUnit.SECONDS), answers.get(1).get(20, TimeUnit.SECONDS));
        assertThat(got).containsOnlyOnce("BUSY").contains(current().id());
        changes.revert(current().id(), "owner");
      }
    } finally {
      clients.shutdownNow();
    }
    assertThat(changes.history()).hasSize(10);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 29, 901, -1})
  void windowsOutOfRangeAreRefused(long seconds) {
    assertThat(refusal(() -> changes.apply(change(Duration.ofSeconds(seconds)))))
        .isEqualTo(Reason.INVALID);
    assertThat(root.calls).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(StagingException.Reason.class)
  void whatTheRootSideDoesNotTakeIsNotBegun(StagingException.Reason why) {
    root.failing = "rehearse";
    root.failure = why;

    assertThat(refusal(this::apply)).hasToString(why.name());
    assertThat(changes.current()).isEmpty();
    restartDaemon();
    assertThat(changes.current()).isEmpty();
    assertThat(told).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"BUSY,ROLLED_BACK", "REFUSED,ROLLED_BACK"})
  void aRefusalAtTheLastMomentEndsIt(StagingException.Reason why, ApplyState end) {
    root.failing = "stage";
    root.failure = why;

    Announced announced = applied();

    assertThat(current().state()).isEqualTo(end);
    assertThat(current().reason())
        .isEqualTo("stage of " + announced.transaction().id() + " failed");
    assertThat(root.calls).doesNotContain("revert");
  }

  @ParameterizedTest
  @CsvSource({"UNAVAILABLE,true", "FAILED,true", "UNAVAILABLE,false", "FAILED,false"})
  void whatMayHaveBeenBegunIsTakenBack(StagingException.Reason why, boolean begun) {
    root.failing = "stage";
    root.failure = why;
    root.answerLost = begun;

    applied();

    assertThat(root.calls).containsExactly("rehearse", "stage", "revert");
    assertThat(current().state()).isEqualTo(ApplyState.ROLLED_BACK);
    assertThat(root.staged).isNull();
  }

  @Test
  void aRootSideThatIsGoneIsAskedAgainToTakeBack() {
    applied();
    root.failing = "revert";
    changes.revert(current().id(), "linaro");
    assertThat(current().state()).isEqualTo(ApplyState.ROLLING_BACK);
    changes.step();
    assertThat(root.calls.stream().filter("revert"::equals)).hasSize(1);

    clock.pass(NetworkApply.RETRY);
    changes.step();
    assertThat(root.calls.stream().filter("revert"::equals)).hasSize(2);

    root.failing = null;
    clock.pass(NetworkApply.RETRY);
    changes.step();
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.ROLLED_BACK);
    assertThat(current().reason()).isEqualTo("taken back by linaro");
  }

  @Test
  void theTimerTakesBackWhatTheDaemonCannot() {
    applied();
    root.failing = "revert";
    clock.pass(WINDOW);
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.ROLLING_BACK);

    root.timerFires(current().id());
    changes.step();

    assertThat(current().state()).isEqualTo(ApplyState.ROLLED_BACK);
  }

  @Test
  void aTakingBackThatNobodySeesEndIsSaidToHaveFailed() {
    applied();
    root.prompt = false;
    changes.revert(current().id(), "owner");
    for (int i = 0; i < 6; i++) {
      clock.pass(Duration.ofMinutes(1));
      changes.step();
      assertThat(current().state()).isEqualTo(ApplyState.ROLLING_BACK);
    }
    assertThat(root.calls.stream().filter("revert"::equals)).hasSizeGreaterThan(4);

    clock.pass(Duration.ofMinutes(1));
    changes.step();

    assertThat(current().state()).isEqualTo(ApplyState.ROLLBACK_FAILED);
    assertThat(current().reason())
        .isEqualTo(
            "taken back by owner; nobody has said that the former settings are back: restart the box"
                + " to have them");
    root.prompt = true;
    int asked = root.calls.size();
    assertThat(changes.revert(current().id(), "owner").state())
        .isEqualTo(ApplyState.ROLLBACK_FAILED);
    assertThat(root.calls).hasSize(asked + 1).endsWith("revert");
    root.failing = "revert";
    assertThat(refusal(() -> changes.revert(current().id(), "owner")))
        .isEqualTo(Reason.UNAVAILABLE);
    assertThat(apply().transaction().state()).isEqualTo(ApplyState.PREPARED);
  }

  @Test
  void aTakingBackThatFailedIsToldWithBothReasons() {
    applied();
    root.prompt = false;
    changes.revert(current().id(), "owner");

    root.says(current().id(), State.REVERT_FAILED, "192.168.150.1/24 on eth1 is missing");
    changes.step();

    assertThat(current().state()).isEqualTo(ApplyState.ROLLBACK_FAILED);
    assertThat(current().reason())
        .isEqualTo("taken back by owner; 192.168.150.1/24 on eth1 is missing");
  }

  @Test
  void settingsThatDoNotComeUpAreTakenBackByTheRootSide() {
    root.prompt = false;
    applied();
    root.says(current().id(), State.REVERTING, "netplan could not bring them up");
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.ROLLING_BACK);
    root.says(current().id(), State.REVERTED, "netplan could not bring them up");
    changes.step();

    assertThat(current().state()).isEqualTo(ApplyState.ROLLED_BACK);
    assertThat(current().reason()).isEqualTo("netplan could not bring them up");
    assertThat(root.calls).containsExactly("rehearse", "stage");
  }

  @Test
  void anUnreadableStatusIsReadAgain() {
    root.readable = false;
    applied();
    assertThat(current().state()).isEqualTo(ApplyState.APPLYING);

    root.readable = true;
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.AWAITING_CONFIRM);

    root.readable = false;
    clock.pass(WINDOW);
    changes.step();
    assertThat(root.calls).endsWith("revert");
  }

  @Test
  void anotherChangesStatusIsNotTakenForThis() {
    applied();

    root.says("b".repeat(26), State.COMMITTED, "");
    changes.step();

    assertThat(current().state()).isEqualTo(ApplyState.AWAITING_CONFIRM);
  }

  @Test
  void aRevertBeforeItBeganTouchesNothing() {
    Announced announced = apply();

    assertThat(changes.revert(announced.transaction().id(), "owner").state())
        .isEqualTo(ApplyState.ROLLED_BACK);
    clock.pass(NetworkApply.DELAY);
    changes.step();

    assertThat(root.calls).containsExactly("rehearse");
    assertThat(changes.revert(announced.transaction().id(), "owner").reason())
        .isEqualTo("taken back by owner");
  }

  @Test
  void whatIsKeptIsNotTakenBack() {
    String id = applied().transaction().id();
    changes.confirm(id);

    assertThat(refusal(() -> changes.revert(id, "owner"))).isEqualTo(Reason.NOT_WAITING);
    assertThat(refusal(() -> changes.revert("c".repeat(26), "owner")))
        .isEqualTo(Reason.NO_SUCH_TRANSACTION);
    assertThat(root.calls).doesNotContain("revert");
  }

  @ParameterizedTest
  @CsvSource({"UNAVAILABLE", "FAILED", "REFUSED"})
  void whatIsNotKeptStillGoesByItself(StagingException.Reason why) {
    Announced announced = applied();
    root.failing = "commit";
    root.failure = why;

    assertThat(refusal(() -> changes.confirm(announced.transaction().id(), announced.token())))
        .hasToString(why.name());
    assertThat(current().state()).isEqualTo(ApplyState.AWAITING_CONFIRM);
    clock.pass(WINDOW);
    changes.step();
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.ROLLED_BACK);
  }

  @Test
  void aConfirmationWhoseAnswerGotLostIsKept() {
    Announced announced = applied();
    root.failing = "commit";
    root.answerLost = true;

    assertThat(changes.confirm(announced.transaction().id(), announced.token()).state())
        .isEqualTo(ApplyState.CONFIRMED);
  }

  @Test
  void aConfirmationThatTheTimerWasFasterThanIsRefused() {
    Announced announced = applied();
    root.staged = null; // its status is not written yet

    assertThat(refusal(() -> changes.confirm(announced.transaction().id(), announced.token())))
        .isEqualTo(Reason.REFUSED);
    root.says(current().id(), State.REVERTED, "it was not kept");
    changes.step();
    assertThat(current().state()).isEqualTo(ApplyState.ROLLED_BACK);
  }

  @Test
  void aDaemonThatRestartsGoesOn() {
    Announced announced = applied();
    clock.pass(Duration.ofSeconds(60));
    restartDaemon();
    assertThat(current().urls()).containsExactly("https://10.0.0.5/", "https://airbox.local/");
    assertThat(current().origins()).containsExactly("https://192.168.150.1");
    assertThat(current().actor()).isEqualTo("owner");
    assertThat(current().diff()).isEqualTo("--- a\n+++ b\n+  k\u00f6y: \\ = #\n");
    assertThat(current().left()).isEqualTo(Duration.ofSeconds(60));

    assertThat(changes.confirm(announced.transaction().id(), announced.token()).state())
        .isEqualTo(ApplyState.CONFIRMED);
  }

  @Test
  void aDaemonThatRestartsPastTheDeadlineTakesBack() {
    applied();
    changes.close();
    clock.pass(WINDOW);
    restartDaemon();
    told.clear();

    changes.step();
    changes.step();

    assertThat(told)
        .containsExactly(
            "ROLLING_BACK: nobody confirmed it in time",
            "ROLLED_BACK: nobody confirmed it in time");
  }

  @Test
  void aDaemonThatRestartsBeforeItBeganLeavesIt() {
    apply();
    restartDaemon();
    clock.pass(NetworkApply.DELAY);
    changes.step();

    assertThat(current().state()).isEqualTo(ApplyState.ROLLED_BACK);
    assertThat(root.calls).containsExactly("rehearse");
  }

  @Test
  void aMachineThatRestartsHasTheFormerSettings() {
    applied();
    restartMachine();
    told.clear();

    changes.step();
    changes.step();

    assertThat(current().state()).isEqualTo(ApplyState.ROLLED_BACK);
    assertThat(told)
        .last()
        .isEqualTo("ROLLED_BACK: the machine was restarted before it was confirmed");
  }

  @Test
  void aMachineThatRestartsWithNobodyToAskHasTheFormerSettings() {
    applied();
    restartMachine();
    root.failing = "revert";

    changes.step();

    assertThat(current().state()).isEqualTo(ApplyState.ROLLED_BACK);
  }

  @Test
  void aMachineThatRestartsAfterTheDecisionHasTheNewSettings() {
    Announced announced = applied();
    root.commit(announced.transaction().id());
    restartMachine();

    changes.step();

    assertThat(current().state()).isEqualTo(ApplyState.CONFIRMED);
  }

  @ParameterizedTest
  @CsvSource({"true,false", "false,false", "true,true", "false,true"})
  void whereverItIsCutOffItEndsAsTheRootSideSays(boolean power, boolean revert) throws Exception {
    int cuts = 0;
    for (int writes = 0; ; writes++) {
      TestClock time = new TestClock();
      RootSide box = new RootSide();
      Fuse fuse = Fuse.powerCutAfter(writes);
      box.fuse = fuse;
      Path data = scratch.resolve("cut-" + writes);
      try (NetworkApply first = NetworkApply.open(data, box, time, fuse.disk())) {
        Announced announced = first.apply(change(WINDOW));
        time.pass(NetworkApply.DELAY);
        first.step();
        first.step();
        if (revert) {
          first.revert(announced.transaction().id(), "owner");
          first.step();
        } else {
          first.confirm(announced.transaction().id(), announced.token());
        }
      } catch (Fuse.PowerCut e) {
        cuts++;
      }
      box.fuse = Fuse.never();
      if (power) {
        time.restart();
        box.restart();
      }
      try (NetworkApply second = NetworkApply.open(data, box, time)) {
        for (int i = 0; i < 20; i++) {
          second.step();
          time.pass(Duration.ofSeconds(10));
        }
        String name = "cut after " + writes;
        assertThat(box.staged).as(name).isNull();
        if (second.current().isPresent()) {
          Transaction end = second.current().orElseThrow();
          assertThat(end.state())
              .as(name)
              .isEqualTo(end.id().equals(box.kept) ? ApplyState.CONFIRMED : ApplyState.ROLLED_BACK);
          assertThat(second.history()).as(name).containsExactly(end);
        } else {
          assertThat(box.calls).as(name).doesNotContain("stage");
          assertThat(second.history()).as(name).isEmpty();
        }
        assertThat(second.apply(change(WINDOW)).transaction().state())
            .isEqualTo(ApplyState.PREPARED);
      }
      if (!fuse.isBlown()) {
        assertThat(cuts).isEqualTo(writes).isGreaterThan(20);
        return;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFullDiskDoesNotKeepTheNetworkFromGoingOn(boolean confirm) {
    int failures = 0;
    for (int writes = 3; ; writes++) {
      TestClock time = new TestClock();
      RootSide box = new RootSide();
      Fuse fuse = Fuse.diskFullAfter(writes);
      Path data = scratch.resolve("full-" + writes);
      String name = "full after " + writes;
      Transaction end;
      try (NetworkApply first = NetworkApply.open(data, box, time, fuse.disk())) {
        Announced announced;
        try {
          announced = first.apply(change(WINDOW));
        } catch (NetworkApplyException e) {
          assertThat(e.reason()).isEqualTo(Reason.STORAGE);
          assertThat(box.calls).doesNotContain("stage");
          assertThat(first.current()).isEmpty();
          failures++;
          continue;
        }
        time.pass(NetworkApply.DELAY);
        first.step();
        first.step();
        if (confirm && first.current().orElseThrow().state() == ApplyState.AWAITING_CONFIRM) {
          first.confirm(announced.transaction().id());
        }
        time.pass(WINDOW);
        first.step();
        first.step();
        end = first.current().orElseThrow();
        assertThat(end.state())
            .as(name)
            .isEqualTo(end.id().equals(box.kept) ? ApplyState.CONFIRMED : ApplyState.ROLLED_BACK);
        fuse.mend();
        first.step();
        assertThat(first.history()).as(name).containsExactly(end);
      }
      try (NetworkApply second = NetworkApply.open(data, box, time)) {
        assertThat(second.current()).as(name).contains(end);
        assertThat(second.history()).as(name).containsExactly(end);
      }
      if (!fuse.isBlown()) {
        assertThat(failures).isPositive();
        return;
      }
    }
  }

  @Test
  void keepsTwoHundred() throws Exception {
    changes.revert(apply().transaction().id(), "first");
    Path first = folder.resolve("history/00000000-" + current().id());
    for (int i = 1; i < 199; i++) {
      Files.copy(
          first, folder.resolve(String.format(Locale.ROOT, "history/%08d-%s", i, "a".repeat(26))));
    }
    restartDaemon();
    for (String actor : List.of("199", "200", "201")) {
      changes.revert(apply().transaction().id(), actor);
    }
    List<Transaction> kept = changes.history();
    assertThat(kept).hasSize(200);
    assertThat(kept.get(0).reason()).isEqualTo("taken back by 201");
    assertThat(kept.get(199).reason()).isEqualTo("taken back by first");
    assertThat(first).doesNotExist();

    restartDaemon();

    assertThat(changes.history()).isEqualTo(kept);
    try (Stream<Path> files = Files.list(folder.resolve("history"))) {
      assertThat(files).hasSize(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\u0000\u0001", "id=x\n", "state=\\u00zz", "end=\n"})
  void aJournalThatIsNoneIsSetAside(String text) throws Exception {
    apply();
    changes.close();
    Files.writeString(folder.resolve("transaction"), text);
    Files.write(folder.resolve("history/00000007-" + "d".repeat(26)), new byte[] {(byte) 0xff});
    Files.writeString(folder.resolve("history/notes.txt"), "mine");

    changes = open(Disk.real());

    assertThat(changes.current()).isEmpty();
    assertThat(changes.history()).isEmpty();
    assertThat(Files.readString(folder.resolve("transaction.unreadable"), StandardCharsets.UTF_8))
        .isEqualTo(text);
    changes.revert(apply().transaction().id(), "owner");
    assertThat(changes.history()).hasSize(1);
  }

  @Test
  void everyPrefixOfAJournalIsNoneOrTheWhole() throws Exception {
    apply();
    changes.close();
    byte[] whole = Files.readAllBytes(folder.resolve("transaction"));
    for (int length = 0; length < whole.length - "d=\n".length(); length++) {
      Files.write(folder.resolve("transaction"), Arrays.copyOf(whole, length));
      assertThat(ChangeJournal.open(folder, Disk.real()).current()).as("%d", length).isEmpty();
    }
  }

  @Test
  void aFolderThatIsNoneIsSaid() throws IOException {
    Path file = Files.writeString(scratch.resolve("file"), "");

    NetworkApplyException e =
        catchThrowableOfType(
            NetworkApplyException.class, () -> NetworkApply.open(file, root, clock));

    assertThat(e.reason()).isEqualTo(Reason.STORAGE);
    assertThat(e).hasMessageContaining(file.toString());
  }

  @Test
  void aListenerThatFailsDoesNotKeepTheOthersFromHearing() {
    List<ApplyState> heard = new ArrayList<>();
    changes.onChange(
        change -> {
          throw new IllegalStateException("a listener's own trouble, meant to be in this log");
        });
    changes.onChange(change -> heard.add(change.state()));

    applied();

    assertThat(heard)
        .containsExactly(ApplyState.PREPARED, ApplyState.APPLYING, ApplyState.AWAITING_CONFIRM);
  }

  @Test
  void afterItsCloseNothingGoesOn() {
    apply();
    changes.start();
    changes.close();
    changes.start();
    clock.pass(WINDOW);

    changes.step();

    assertThat(root.calls).containsExactly("rehearse");
  }

  @Test
  void onceStartedItGoesOnByItself() throws Exception {
    CountDownLatch up = new CountDownLatch(1);
    changes.onChange(
        change -> {
          if (change.state() == ApplyState.AWAITING_CONFIRM) {
            up.countDown();
          }
        });
    apply();
    clock.pass(NetworkApply.DELAY);

    changes.start();

    assertThat(up.await(20, TimeUnit.SECONDS)).isTrue();
    changes.close();
  }

  @Test
  void theMachinesOwnClock() throws Exception {
    Path proc =
        Files.createDirectories(scratch.resolve("proc/sys/kernel/random")).resolve("boot_id");
    Files.writeString(proc, "2d3f-1\n");
    Files.writeString(scratch.resolve("proc/uptime"), "350735.47 234388.90\n");

    MachineClock machine = MachineClock.of(scratch);

    assertThat(machine.bootId()).isEqualTo("2d3f-1");
    assertThat(machine.uptime()).isEqualTo(Duration.ofMillis(350_735_470));
    assertThat(MachineClock.of(Path.of("/")).uptime()).isPositive();
  }
}
