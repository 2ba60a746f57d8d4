package io.airbox.daemon.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbox.daemon.FakeMaker;
import io.airbox.daemon.FakePacks;
import io.airbox.daemon.jobs.JobPlanner;
import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.JobQueueOptions;
import io.airbox.daemon.jobs.Restraint;
import io.airbox.generation.memory.PackMemory;
import io.airbox.power.Sample;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeatGuardTest {
  private final FakePacks packs = new FakePacks();
  private final List<Duration> paces = new ArrayList<>();
  private final JobPlanner nothing =
      request -> {
        throw new IllegalStateException("nothing is asked for here");
      };
  private final JobQueue jobs =
      new JobQueue(
          JobQueueOptions.DEFAULTS,
          nothing,
          List.of(new FakeMaker()),
          (id, job, owner, picture, energy) -> {});
  private final HeatGuard guard = new HeatGuard(jobs, 64, packs, paces::add);

  @AfterEach
  void close() {
    guard.close();
    jobs.close();
  }

  private void look(ThermalState state) {
    String reason = state == ThermalState.NORMAL ? "" : "the chip is " + state.id();
    guard.looked(
        new Telemetry.Look(
            new Sample(Instant.EPOCH, 0, List.of(), List.of()), new Decision(state, 0, reason)));
  }

  private List<PackMemory> loaded() {
    return packs.report().orElseThrow().packs();
  }

  @Test
  void eachStateDemandsItsShare() {
    look(ThermalState.WARM);
    assertThat(jobs.restraint()).isEqualTo(new Restraint("warm", 1, 32, "the chip is warm"));
    look(ThermalState.HOT);
    assertThat(jobs.restraint()).isEqualTo(new Restraint("hot", 0, 32, "the chip is hot"));
    look(ThermalState.HOT);
    look(ThermalState.CRITICAL);
    assertThat(jobs.restraint()).isEqualTo(new Restraint("critical", 0, 0, "the chip is critical"));
    look(ThermalState.NORMAL);
    assertThat(jobs.restraint()).isEqualTo(Restraint.NONE);
    assertThat(paces)
        .containsExactly(
            Duration.ofMillis(250), Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO);
  }

  @Test
  void criticalHeatUnloadsWhateverIsLoadedAndPinsComeBackWhenJobsMayRun() throws Exception {
    packs.load("one", Duration.ZERO);
    packs.pin("two", true, Duration.ZERO);
    look(ThermalState.CRITICAL);
    await().until(() -> loaded().isEmpty());

    packs.load("three", Duration.ZERO);
    await()
        .until(
            () -> {
              look(ThermalState.CRITICAL); // the next look
              return loaded().isEmpty();
            });

    look(ThermalState.HOT);
    assertThat(loaded()).isEmpty();
    await()
        .until(
            () -> {
              look(ThermalState.WARM);
              return !loaded().isEmpty();
            });
    assertThat(loaded())
        .singleElement()
        .returns("two", PackMemory::name)
        .returns(true, PackMemory::pinned);
  }

  @Test
  void anEngineThatIsBusyIsAskedAgain() throws Exception {
    packs.load("one", Duration.ZERO);
    packs.busy = true;
    look(ThermalState.CRITICAL);
    assertThat(loaded()).hasSize(1);
    packs.busy = false;
    await()
        .until(
            () -> {
              look(ThermalState.CRITICAL);
              return loaded().isEmpty();
            });
  }
}
