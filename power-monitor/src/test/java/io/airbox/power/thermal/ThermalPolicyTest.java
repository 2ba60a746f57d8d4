package io.airbox.power.thermal;

import static io.airbox.power.thermal.ThermalState.CRITICAL;
import static io.airbox.power.thermal.ThermalState.HOT;
import static io.airbox.power.thermal.ThermalState.NORMAL;
import static io.airbox.power.thermal.ThermalState.WARM;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.power.RecordedMachine;
import io.airbox.power.Sample;
import io.airbox.power.SetTicker;
import io.airbox.power.TripPoint;
import io.airbox.power.TripPoint.Kind;
import io.airbox.power.sampling.Sampler;
import io.airbox.power.sensor.Sensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a recorded box that is heated and cooled step by step. */
class ThermalPolicyTest {
  private static final Duration STEP = Duration.ofSeconds(2);

  private final SetTicker ticker = new SetTicker(Long.MAX_VALUE - 7_000_000_000L);
  private final ThermalPolicy policy = new ThermalPolicy();

  @TempDir Path folder;

  private Path box;
  private Sampler sampler;

  @BeforeEach
  void begin() {
    box = RecordedMachine.copy("idle", folder.resolve("box"));
    sampler =
        new Sampler(
            Sensors.of(box, ticker), ticker, InstantSource.system(), Duration.ofSeconds(10));
  }

  @AfterEach
  void end() {
    sampler.close();
  }

  private Decision at(double celsius) throws Exception {
    write("sys/class/thermal/thermal_zone0/temp", Math.round(celsius * 1000) + "\n");
    return look();
  }

  private Decision look() throws InterruptedException {
    ticker.forward(STEP);
    Sample sample = sampler.sample();
    return policy.observe(sample);
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(box.resolve(file), text);
  }

  /** The states at a temperature until it does not change for half a minute. */
  private List<ThermalState> settle(double celsius) throws Exception {
    List<ThermalState> states = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ThermalState state = at(celsius).state();
      if (states.isEmpty() || states.get(states.size() - 1) != state) {
        states.add(state);
      }
    }
    return states;
  }

  @Test
  void heatGoesUpAndComesDownInOrder() throws Exception {
    assertThat(settle(79.9)).containsExactly(NORMAL);
    assertThat(settle(80)).containsExactly(WARM);
    assertThat(settle(84.9)).containsExactly(WARM);
    assertThat(settle(85)).containsExactly(HOT);
    assertThat(settle(90)).containsExactly(HOT, CRITICAL);
    assertThat(settle(85.1)).containsExactly(CRITICAL);
    assertThat(settle(85)).containsExactly(CRITICAL, HOT);
    assertThat(settle(80.1)).containsExactly(HOT);
    assertThat(settle(40)).containsExactly(HOT, WARM, NORMAL);
  }

  @Test
  void whyAJobWaitsIsToldWithFigures() throws Exception {
    assertThat(at(40).reason()).isEmpty();
    assertThat(at(86.24).reason())
        .isEqualTo("the chip has 86.2 °C; it is hot from 85 °C on, until 80 °C");
    assertThat(policy.decision().state().startsJobs()).isFalse();
    assertThat(policy.decision().state().cancelsJobs()).isFalse();
    assertThat(policy.decision().sinceNanos()).isEqualTo(ticker.nanos());
  }

  @Test
  void oneReadingAloneCancelsNothing() throws Exception {
    at(60);
    assertThat(at(96).state()).isEqualTo(HOT);
    assertThat(at(60).state()).isEqualTo(HOT);
    assertThat(at(96).state()).isEqualTo(HOT);
    assertThat(at(96).state()).isEqualTo(CRITICAL);
  }

  @Test
  void theKernelsOwnStepsAreHeeded() throws Exception {
    write("sys/class/thermal/cooling_device0/cur_state", "1\n");
    assertThat(at(60).state()).isEqualTo(HOT);
    write("sys/class/thermal/cooling_device0/cur_state", "2\n");
    assertThat(at(60).state()).isEqualTo(CRITICAL);
  }

  @Test
  void theControllerTellsWhenTheZoneDoesNot() throws Exception {
    write("sys/class/thermal/thermal_zone0/temp", "garbage\n");
    assertThat(look().state()).isEqualTo(NORMAL);
    write("sys/bus/i2c/devices/1-0017/temperature", "SoC temperature: 87 Cel\n");
    assertThat(look().state()).isEqualTo(HOT);
  }

  @Test
  void withoutAnySensorItStaysAsHotAsItWasAndIsWarmAtLeast() throws Exception {
    Files.delete(box.resolve("sys/bus/i2c/devices/1-0017/temperature"));
    write("sys/class/thermal/thermal_zone0/temp", "garbage\n");
    assertThat(look().state()).isEqualTo(WARM);
    assertThat(policy.decision().reason()).isEqualTo("no sensor tells how hot the chip is");
    at(87);
    write("sys/class/thermal/thermal_zone0/temp", "garbage\n");
    for (int i = 0; i < 30; i++) {
      assertThat(look().state()).isEqualTo(HOT);
    }
    assertThat(settle(40)).containsExactly(HOT, WARM, NORMAL);
  }

  @Test
  void aBoxWhoseKernelTellsNothingHasTheUsualLimits() throws Exception {
    Path missing = RecordedMachine.copy("missing", folder.resolve("missing"));
    try (Sampler sensors =
        new Sampler(
            Sensors.of(missing, ticker), ticker, InstantSource.system(), Duration.ofSeconds(10))) {
      assertThat(policy.observe(sensors.sample()).state()).isEqualTo(NORMAL);
      Files.writeString(
          missing.resolve("sys/bus/i2c/devices/1-0017/temperature"), "SoC temperature: 87 Cel\n");
      ticker.forward(STEP);
      assertThat(policy.observe(sensors.sample()).state()).isEqualTo(HOT);
      Files.delete(missing.resolve("sys/bus/i2c/devices/1-0017/temperature"));
      ticker.forward(Duration.ofMinutes(1));
      assertThat(policy.observe(sensors.sample()).state()).isEqualTo(HOT);
    }
  }

  @Test
  void aMachineWithoutLimitsIsNormal() throws Exception {
    try (Sampler laptop =
        new Sampler(
            Sensors.of(RecordedMachine.tree("laptop"), ticker),
            ticker,
            InstantSource.system(),
            Duration.ofSeconds(10))) {
      assertThat(policy.observe(laptop.sample()).state()).isEqualTo(NORMAL);
    }
  }

  @Test
  void limitsAreTheKernels() {
    assertThat(Limits.of(trips(85, 90, 95, 5), "soc")).contains(new Limits(80, 85, 90, 5));
    assertThat(Limits.of(trips(95, 105, 110, 5), "soc")).contains(new Limits(90, 95, 105, 5));
    assertThat(Limits.of(trips(85, 90, 95, 0), "soc")).contains(new Limits(80, 85, 90, 5));
    assertThat(Limits.of(trips(85, 90, 95, 20), "soc")).contains(new Limits(65, 85, 90, 20));
    assertThat(Limits.of(trips(99, 99, 95, 5), "soc")).isEmpty();
    assertThat(Limits.of(trips(85, 90, 95, 5), "board")).isEmpty();
    assertThat(Limits.of(List.of(), "soc")).isEmpty();
  }

  private static List<TripPoint> trips(double one, double two, double end, double hysteresis) {
    return List.of(
        new TripPoint("soc", Kind.PASSIVE, one, hysteresis),
        new TripPoint("soc", Kind.PASSIVE, two, hysteresis),
        new TripPoint("soc", Kind.CRITICAL, end, 0));
  }

  @Property(tries = 200)
  void criticalIsAboveHotAndBelowTheShutdown(
      @ForAll @IntRange(min = 40, max = 120) int hot,
      @ForAll @IntRange(min = 1, max = 40) int above,
      @ForAll @IntRange(min = 0, max = 30) int hysteresis) {
    Limits limits = Limits.of(trips(hot, hot, hot + above, hysteresis), "soc").orElseThrow();
    assertThat(limits.warm()).isLessThan(limits.hot());
    assertThat(limits.critical()).isGreaterThan(limits.hot()).isLessThan(hot + above);
  }
}
