package io.airbox.power.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.RecordedMachine;
import io.airbox.power.Sample;
import io.airbox.power.SetTicker;
import io.airbox.power.TripPoint;
import io.airbox.power.Unit;
import io.airbox.power.sampling.Sampler;
import io.airbox.power.sensor.Sensors;
import io.airbox.power.thermal.ThermalPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandardRulesTest {
  private final SetTicker ticker = new SetTicker(-1000);
  private final ThermalPolicy policy = new ThermalPolicy();
  private final AlarmMachine machine =
      new AlarmMachine(
          StandardRules.of(OptionalDouble.of(40)),
          () -> "o" + System.identityHashCode(new Object()),
          Suspects.UNKNOWN,
          List.of());

  @TempDir Path folder;

  private List<String> minutes(Sampler sampler, int seconds) throws InterruptedException {
    for (int i = 0; i < seconds; i += 2) {
      ticker.forward(Duration.ofSeconds(2));
      Sample sample = sampler.sample();
      machine.observe(sample, policy.observe(sample));
    }
    return ids();
  }

  private List<String> ids() {
    return machine.active().stream().map(Alarm::id).toList();
  }

  private Sampler sampler(Path tree) {
    return new Sampler(
        Sensors.of(tree, ticker), ticker, InstantSource.system(), Duration.ofSeconds(10));
  }

  @Test
  void anIdleBoxHasNone() throws Exception {
    try (Sampler sampler = sampler(RecordedMachine.tree("idle"))) {
      assertThat(minutes(sampler, 90)).isEmpty();
    }
  }

  @Test
  void aBoxThatGotTooHotHasThoseOfHeat() throws Exception {
    try (Sampler sampler = sampler(RecordedMachine.tree("throttled"))) {
      assertThat(minutes(sampler, 30))
          .contains("heat.hot", "heat.critical", "throttled", "controller.soc-overheat");
      Alarm heat =
          machine.active().stream()
              .filter(alarm -> alarm.id().equals("heat.critical"))
              .findFirst()
              .orElseThrow();
      assertThat(heat.reason()).startsWith("the chip has 90.5 °C");
      assertThat(heat.value()).hasValue(90.5);
      assertThat(heat.severity()).isEqualTo(Severity.CRITICAL);
    }
  }

  @Test
  void aSensorThatIsLostForAMinuteIsTold() throws Exception {
    Path tree = RecordedMachine.copy("idle", folder.resolve("box"));
    Files.delete(tree.resolve("sys/bus/i2c/devices/1-0017/power-now"));
    try (Sampler sampler = sampler(tree)) {
      assertThat(minutes(sampler, 60)).isEmpty();
      assertThat(minutes(sampler, 10)).containsExactly("sensor.lost.power.input");
    }
  }

  private List<String> see(int seconds, Reading... readings) {
    for (int i = 0; i <= seconds; i++) {
      ticker.forward(Duration.ofSeconds(1));
      Sample sample =
          new Sample(
              Instant.EPOCH,
              ticker.nanos(),
              Arrays.asList(readings),
              List.of(new TripPoint("board", TripPoint.Kind.CRITICAL, 95, 5)));
      machine.observe(sample, policy.observe(sample));
    }
    return ids();
  }

  private static Reading good(String id, Unit unit, double value) {
    return new Reading(id, unit, Quality.GOOD, OptionalDouble.of(value), Duration.ZERO, "file", "");
  }

  @Test
  void aFileSystemIsFullBelowOneTwentiethUntilThereIsRoomAgain() {
    Reading size = good("storage.root.size", Unit.BYTES, 1000);
    assertThat(see(60, size, good("storage.root.free", Unit.BYTES, 51))).isEmpty();
    assertThat(see(60, size, good("storage.root.free", Unit.BYTES, 49)))
        .containsExactly("storage.full.root");
    assertThat(machine.active().get(0).reason()).isEqualTo("4.9 % is free of the file system root");
    assertThat(see(60, size, good("storage.root.free", Unit.BYTES, 79))).hasSize(1);
    assertThat(see(60, size, good("storage.root.free", Unit.BYTES, 80))).isEmpty();
  }

  @Test
  void eachLimitHasItsAlarm() {
    List<String> expected = new ArrayList<>();
    expected.add("heat.zone.board");
    expected.add("memory.low");
    expected.add("power.high");
    expected.add("storage.worn.mmc0.wear-a");
    assertThat(
            see(
                60,
                good("temperature.board", Unit.CELSIUS, 90),
                good("memory.size", Unit.BYTES, 1000),
                good("memory.available", Unit.BYTES, 49),
                good("power.input", Unit.WATTS, 40),
                good("disk.mmc0.wear-a", Unit.RATIO, 0.95),
                good("disk.mmc0.wear-b", Unit.RATIO, 0.1),
                good("disk.mmc0.end-of-life", Unit.COUNT, 2)))
        .isEqualTo(expected);
    assertThat(
            see(
                60,
                good("temperature.board", Unit.CELSIUS, 85.1),
                good("memory.size", Unit.BYTES, 1000),
                good("memory.available", Unit.BYTES, 99),
                good("power.input", Unit.WATTS, 36.1),
                good("disk.mmc0.wear-a", Unit.RATIO, 0.95)))
        .isEqualTo(expected);
    assertThat(
            see(
                60,
                good("temperature.board", Unit.CELSIUS, 85),
                good("memory.size", Unit.BYTES, 1000),
                good("memory.available", Unit.BYTES, 100),
                good("power.input", Unit.WATTS, 36),
                good("disk.mmc0.wear-a", Unit.RATIO, 0.95)))
        .containsExactly("storage.worn.mmc0.wear-a");
  }
}
