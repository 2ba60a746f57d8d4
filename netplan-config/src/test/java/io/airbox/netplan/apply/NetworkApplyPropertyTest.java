package io.airbox.netplan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.netplan.staging.FileChange;
import io.airbox.netplan.staging.Fuse;
import io.airbox.netplan.staging.StagingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever happens in whatever order, what is said is what is so. */
class NetworkApplyPropertyTest {
  private enum Event {
    APPLY,
    COME_UP,
    HALF_A_WINDOW,
    WINDOW,
    CONFIRM,
    CONFIRM_WITH_ANOTHER_TOKEN,
    REVERT,
    TIMER,
    DAEMON_RESTARTS,
    MACHINE_RESTARTS,
    STAGE_FAILS,
    STAGE_ANSWER_GETS_LOST,
    STAGE_IS_REFUSED,
    COMMIT_FAILS,
    COMMIT_ANSWER_GETS_LOST,
    REVERT_FAILS,
    REVERT_ANSWER_GETS_LOST,
    LINKS_ARE_SLOW,
    ALL_IS_WELL
  }

  /** One box and its daemon. */
  private static final class Run {
    private static final Duration WINDOW = Duration.ofSeconds(60);

    private final Path folder;
    private final TestClock clock = new TestClock();
    private final RootSide root = new RootSide();
    private final Map<String, String> tokens = new HashMap<>();
    private final Set<String> confirmed = new HashSet<>();
    private NetworkApply changes;

    Run(Path folder) {
      this.folder = folder;
      this.changes = NetworkApply.open(folder, root, clock, Fuse.never().disk());
    }

    void happens(Event event) {
      try {
        doIt(event);
      } catch (NetworkApplyException e) {
        assertThat(e.reason())
            .isNotIn(NetworkApplyException.Reason.STORAGE, NetworkApplyException.Reason.INVALID);
      }
      changes.step();
      check();
    }

    private void doIt(Event event) {
      String id = changes.current().map(Transaction::id).orElse("none");
      switch (event) {
        case APPLY -> {
          Announced announced =
              changes.apply(
                  new NetworkChange(
                      "plan",
                      "owner",
                      WINDOW,
                      List.of(new FileChange("a.yaml", null, "")),
                      List.of(),
                      List.of(),
                      List.of(),
                      ""));
          tokens.put(announced.transaction().id(), announced.token());
        }
        case COME_UP -> {
          clock.pass(NetworkApply.DELAY);
          changes.step();
        }
        case HALF_A_WINDOW -> clock.pass(WINDOW.dividedBy(2));
        case WINDOW -> clock.pass(WINDOW);
        case CONFIRM -> changes.confirm(id, tokens.getOrDefault(id, ""));
        case CONFIRM_WITH_ANOTHER_TOKEN -> changes.confirm(id, "another");
        case REVERT -> changes.revert(id, "owner");
        case TIMER -> root.timerFires(id);
        case DAEMON_RESTARTS -> restart();
        case MACHINE_RESTARTS -> {
          clock.restart();
          root.restart();
          restart();
        }
        case STAGE_FAILS -> fail("stage", StagingException.Reason.FAILED);
        case STAGE_ANSWER_GETS_LOST -> loseAnswer("stage");
        case STAGE_IS_REFUSED -> fail("stage", StagingException.Reason.REFUSED);
        case COMMIT_FAILS -> fail("commit", StagingException.Reason.UNAVAILABLE);
        case COMMIT_ANSWER_GETS_LOST -> loseAnswer("commit");
        case REVERT_FAILS -> fail("revert", StagingException.Reason.UNAVAILABLE);
        case REVERT_ANSWER_GETS_LOST -> loseAnswer("revert");
        case LINKS_ARE_SLOW -> root.prompt = false;
        case ALL_IS_WELL -> allIsWell();
      }
    }

    private void fail(String call, StagingException.Reason why) {
      root.failing = call;
      root.failure = why;
      root.answerLost = false;
    }

    private void loseAnswer(String call) {
      fail(call, StagingException.Reason.UNAVAILABLE);
      root.answerLost = true;
    }

    private void allIsWell() {
      root.failing = null;
      root.answerLost = false;
      root.prompt = true;
    }

    private void restart() {
      changes.close();
      changes = NetworkApply.open(folder, root, clock, Fuse.never().disk());
    }

    private void check() {
      Optional<Transaction> current = changes.current();
      current.ifPresent(
          change -> {
            if (change.state() == ApplyState.CONFIRMED) {
              assertThat(root.kept).isEqualTo(change.id());
              confirmed.add(change.id());
            } else if (change.state().isEnd()) {
              assertThat(root.kept).isNotEqualTo(change.id());
            }
            if (change.state() == ApplyState.ROLLED_BACK) {
              assertThat(root.staged).isNotEqualTo(change.id());
            }
          });
      assertThat(changes.history()).extracting(Transaction::id).doesNotHaveDuplicates();
      for (Transaction ended : changes.history()) {
        assertThat(ended.state().isEnd()).isTrue();
        assertThat(ended.state() == ApplyState.CONFIRMED).isEqualTo(confirmed.contains(ended.id()));
      }
    }

    void end() {
      allIsWell();
      for (int i = 0; i < 4; i++) {
        clock.pass(Duration.ofMinutes(3));
        changes.step();
        changes.step();
        check();
      }
      changes
          .current()
          .ifPresent(
              change -> {
                assertThat(change.state().isEnd()).isTrue();
                assertThat(changes.history().get(0)).isEqualTo(change);
                assertThat(changes.history()).hasSize(tokens.size());
              });
      assertThat(root.staged).isNull();
      changes.close();
    }
  }

  /** Often enough what leads somewhere. */
  @Provide
  Arbitrary<List<Event>> events() {
    return Arbitraries.oneOf(
            Arbitraries.of(Event.APPLY, Event.COME_UP, Event.CONFIRM), Arbitraries.of(Event.class))
        .list()
        .ofMaxSize(30);
  }

  @Property(tries = 300)
  void whatIsSaidIsSo(@ForAll("events") List<Event> events) throws Exception {
    Path folder = Files.createTempDirectory("network-apply");
    try {
      Run run = new Run(folder);
      events.forEach(run::happens);
      run.end();
    } finally {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
