package io.airbox.daemon.telemetry;

import io.airbox.power.TripPoint;
import io.airbox.power.Unit;
import io.airbox.power.sensor.Findings;
import io.airbox.power.sensor.Measurement;
import io.airbox.power.sensor.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** Sensors of a box that tell what a test says, under a clock that goes when it says. */
final class ScriptedSensors implements Probe {
  private static final Map<String, Unit> UNITS =
      Map.of("temperature.soc", Unit.CELSIUS, "power.input", Unit.WATTS);

  private final Map<String, Double> values = new TreeMap<>();
  private volatile CountDownLatch answers = new CountDownLatch(0);
  long nanos;

  void tell(String id, double value) {
    values.put(id, value);
  }

  void hang() {
    answers = new CountDownLatch(1);
  }

  void answer() {
    answers.countDown();
  }

  @Override
  public String name() {
    return "scripted";
  }

  @Override
  public Duration period() {
    return Duration.ofSeconds(1);
  }

  @Override
  public Findings read() {
    try {
      answers.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Measurement> found = new ArrayList<>();
    values.forEach(
        (id, value) ->
            found.add(
                new Measurement(
                    id,
                    UNITS.getOrDefault(id, Unit.COUNT),
                    OptionalDouble.of(value),
                    "sys/" + id,
                    "")));
    return new Findings(
        found,
        List.of(
            new TripPoint("soc", TripPoint.Kind.PASSIVE, 85, 5),
            new TripPoint("soc", TripPoint.Kind.PASSIVE, 90, 5),
            new TripPoint("soc", TripPoint.Kind.CRITICAL, 95, 0)));
  }
}
