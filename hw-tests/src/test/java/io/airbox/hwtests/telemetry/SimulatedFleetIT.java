package io.airbox.hwtests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.Checkout;
import io.airbox.hwtests.bench.SimulatedFleet;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark's fleet with few boxes: no figure is held, but that nothing is lost. */
class SimulatedFleetIT {
  @TempDir Path folder;

  @Test
  void aFleetLivesThroughARestartOfItsBroker() throws Exception {
    SimulatedFleet.Figures figures =
        SimulatedFleet.run(
            new SimulatedFleet.Options(
                Checkout.path("power-monitor/src/test/box/load"),
                20,
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                20),
            folder);

    assertThat(figures.bornMillis()).hasSize(20);
    assertThat(figures.backMillis()).hasSize(20);
    assertThat(figures.rate()).isPositive();
    assertThat(figures.promised()).isGreaterThan(20);
    assertThat(figures.lost()).isZero();
    assertThat(figures.invented()).isZero();
  }
}
