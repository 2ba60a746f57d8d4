package io.airbox.daemon.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.airbox.power.Quality;
import io.airbox.power.history.Span;
import io.airbox.power.history.Summary;
import io.airbox.power.thermal.ThermalState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TelemetryTest {
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir Path data;

  private final ScriptedSensors sensors = new ScriptedSensors();

  TelemetryTest() {
    sensors.tell("temperature.soc", 40);
    sensors.tell("power.input", 10);
  }

  private Telemetry open(Path folder) throws InterruptedException {
    InstantSource clock = () -> START.plusNanos(sensors.nanos);
    return Telemetry.open(
        new Telemetry.Settings(Duration.ofSeconds(2), Duration.ofSeconds(60), 1 << 20),
        List.of(sensors),
        folder,
        () -> sensors.nanos,
        clock);
  }

  private void looks(Telemetry telemetry, int seconds) throws InterruptedException {
    for (int i = 0; i < seconds; i += 2) {
      sensors.nanos += Duration.ofSeconds(2).toNanos();
      telemetry.look();
    }
  }

  @Test
  void theFirstLookIsThereFromTheBeginning() throws Exception {
    try (Telemetry telemetry = open(data)) {
      assertThat(telemetry.sample().reading("temperature.soc").orElseThrow().value()).hasValue(40);
      assertThat(telemetry.last().heat().state()).isEqualTo(ThermalState.NORMAL);
      assertThat(telemetry.flaw()).isEmpty();
    }
  }

  @Test
  void aLookIsTakenByEverybodyWhoListens() throws Exception {
    try (Telemetry telemetry = open(data)) {
      List<ThermalState> told = new ArrayList<>();
      telemetry.listen(
          look -> {
            throw new IllegalStateException("a listener that fails");
          });
      telemetry.listen(look -> told.add(look.heat().state()));
      looks(telemetry, 2);
      sensors.tell("temperature.soc", 86);
      looks(telemetry, 2);
      assertThat(told).containsExactly(ThermalState.NORMAL, ThermalState.HOT);
      assertThat(telemetry.energy().joules().orElseThrow()).isCloseTo(40, within(1e-9));
    }
  }

  @Test
  void aFileThatBlocksLeavesWhatItSaidAsStale() throws Exception {
    try (Telemetry telemetry = open(data)) {
      sensors.hang();
      looks(telemetry, 10);
      assertThat(telemetry.sample().reading("power.input").orElseThrow().quality())
          .isEqualTo(Quality.STALE);
      sensors.answer();
    }
  }

  @Test
  void theLastWhileIsToldOfEachLookAndBeforeThatOfMinutes() throws Exception {
    try (Telemetry telemetry = open(data)) {
      looks(telemetry, 120);
      sensors.tell("temperature.soc", 50);
      looks(telemetry, 60);
      List<Span> near = trend(telemetry, Duration.ofSeconds(30), 15);
      assertThat(near).hasSize(15).allMatch(span -> span.summary().mean() == 50);
    }
    // and after a start, when no look is in memory
    try (Telemetry again = open(data)) {
      sensors.tell("temperature.soc", 60);
      looks(again, 4);
      List<Span> far = trend(again, Duration.ofMinutes(10), 10);
      assertThat(far.get(0).summary().mean()).isEqualTo(40);
      // what a minute and the looks after it tell of one part is put together, and nothing twice
      Summary last = far.get(far.size() - 1).summary();
      assertThat(last.least()).isEqualTo(40);
      assertThat(last.most()).isEqualTo(60);
      assertThat(last.count()).isEqualTo(30 + 3);
      assertThat(far).isSortedAccordingTo((a, b) -> a.start().compareTo(b.start()));
      assertThat(trend(again, "no.such", Duration.ofMinutes(10), 10)).isEmpty();
    }
  }

  private static List<Span> trend(Telemetry telemetry, Duration length, int parts)
      throws IOException {
    return trend(telemetry, "temperature.soc", length, parts);
  }

  private static List<Span> trend(Telemetry telemetry, String id, Duration length, int parts)
      throws IOException {
    return telemetry.trend(List.of(id), length, parts).series().get(id);
  }

  @Test
  void aDiskThatFailsCostsTheHistoryAndNothingElse() throws Exception {
    Path file = Files.writeString(data.resolve("file"), "in the way");
    try (Telemetry telemetry = open(file)) {
      assertThat(telemetry.flaw().orElseThrow()).contains("cannot be kept in " + file);
      looks(telemetry, 4);
      assertThat(trend(telemetry, Duration.ofMinutes(10), 300)).hasSize(3);
    }
  }
}
