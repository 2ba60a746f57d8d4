package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.airbox.hwtests.tpu.NativeProcess.Outcome;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The driver's contract, kept by the vendor's libraries. */
final class SimulatorIT {
  private static Simulator simulator;

  @BeforeAll
  static void provideSimulator() throws IOException {
    var obstacle = Simulator.obstacle();
    assumeTrue(obstacle.isEmpty(), obstacle.orElse(""));
    simulator = Simulator.provide();
  }

  @TestFactory
  Stream<DynamicTest> keepsTheContract() throws IOException {
    return NativeProcess.run(simulator, SimulatorContract.class).dynamicTests();
  }

  @Test
  void survivesDamagedBmodels() throws IOException {
    Outcome outcome = NativeProcess.run(simulator, DamagedBmodels.class);
    assertThat(outcome.results())
        .as(outcome.lastLines())
        .containsExactly(new NativeProcess.Result("neverEndTheProcess()", true, ""));
    assertThat(outcome.exitCode()).as(outcome.lastLines()).isZero();
  }

  @Test
  void outlivesAnEndOfTheProcessInNativeCode() throws IOException {
    Outcome outcome = NativeProcess.run(simulator, EndOfProcess.class);
    assertThat(outcome.exitCode()).as(outcome.lastLines()).isNotZero();
    assertThat(outcome.results())
        .containsExactly(
            new NativeProcess.Result(
                "endsTheProcess()", false, "the process ended during this test"));
  }

  @Test
  void noticesABufferThatIsLeft() throws IOException {
    Outcome outcome = NativeProcess.run(simulator, LeftBuffer.class);
    assertThat(outcome.exitCode()).as(outcome.lastLines()).isEqualTo(255);
    assertThat(outcome.output()).contains("~bm_mem_pool");
  }
}
