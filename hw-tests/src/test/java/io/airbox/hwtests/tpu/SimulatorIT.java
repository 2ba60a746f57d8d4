package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.airbox.hwtests.tpu.SimulatorProcess.Outcome;
import java.io.IOException;
import java.util.List;
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
    return dynamic(SimulatorProcess.run(simulator, SimulatorContract.class));
  }

  @Test
  void survivesDamagedBmodels() throws IOException {
    Outcome outcome = SimulatorProcess.run(simulator, DamagedBmodels.class);
    assertThat(outcome.results())
        .as(outcome.lastLines())
        .containsExactly(new SimulatorProcess.Result("neverEndTheProcess()", true, ""));
    assertThat(outcome.exitCode()).as(outcome.lastLines()).isZero();
  }

  /** The simulator exits with 255 when a buffer is left; other codes are aborts. */
  private static Stream<DynamicTest> dynamic(Outcome outcome) {
    List<DynamicTest> tests =
        outcome.results().stream()
            .map(
                result ->
                    dynamicTest(
                        result.test(),
                        () ->
                            assertThat(result.passed())
                                .as(result.message() + "\n" + outcome.lastLines())
                                .isTrue()))
            .toList();
    DynamicTest end =
        dynamicTest(
            "endsWithNothingLeft",
            () -> {
              assertThat(outcome.exitCode()).as(outcome.lastLines()).isZero();
              assertThat(outcome.results()).hasSizeGreaterThan(20);
            });
    return Stream.concat(tests.stream(), Stream.of(end));
  }

  @Test
  void outlivesAnEndOfTheProcessInNativeCode() throws IOException {
    Outcome outcome = SimulatorProcess.run(simulator, EndOfProcess.class);
    assertThat(outcome.exitCode()).as(outcome.lastLines()).isNotZero();
    assertThat(outcome.results())
        .containsExactly(
            new SimulatorProcess.Result(
                "endsTheProcess()", false, "the process ended during this test"));
  }

  @Test
  void noticesABufferThatIsLeft() throws IOException {
    Outcome outcome = SimulatorProcess.run(simulator, LeftBuffer.class);
    assertThat(outcome.exitCode()).as(outcome.lastLines()).isEqualTo(255);
    assertThat(outcome.output()).contains("~bm_mem_pool");
  }
}
