package io.airbox.daemon.http;

import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.QueueStatistics;
import io.airbox.daemon.telemetry.AlarmDesk;
import io.airbox.daemon.telemetry.Delivery;
import io.airbox.daemon.telemetry.Telemetry;
import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.outbox.OutboxState;
import io.airbox.power.thermal.ThermalState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sensors, heat and energy. What is not good is no series, not zero; what the TPU tells is
 * among its own figures.
 */
final class TelemetryMetrics {
  /**
   * A reading's place.
   *
   * @param labels names of the pattern's groups
   */
  private record Place(Pattern id, String metric, String description, List<String> labels) {
    static Place of(String id, String metric, String description, String... labels) {
      return new Place(Pattern.compile(id), metric, description, List.of(labels));
    }

    Tags tags(Matcher reading) {
      Tags tags = Tags.empty();
      for (int i = 0; i < labels.size(); i++) {
        tags = tags.and(labels.get(i), reading.group(i + 1));
      }
      return tags;
    }
  }

  private static final String TEMPERATURE = "Temperature by sensor";

  private static final List<Place> PLACES =
      List.of(
          Place.of("temperature\\.(.+)", "airbox.temperature.celsius", TEMPERATURE, "sensor"),
          Place.of("power\\.(.+)", "airbox.power.watts", "Power by rail", "rail"),
          Place.of("voltage\\.(.+)", "airbox.voltage.volts", "Voltage by rail", "rail"),
          Place.of("current\\.(.+)", "airbox.current.amperes", "Current by rail", "rail"),
          Place.of("fan\\.duty", "airbox.fan.duty.ratio", "Duty of the fan, 0 to 1"),
          Place.of("fan\\.(.+)", "airbox.fan.rpm", "Speed of fans", "fan"),
          Place.of(
              "throttle\\.level",
              "airbox.throttle.level",
              "How far the kernel slows the TPU down: 0 not at all, 1 three quarters, 2 25 MHz"),
          Place.of("cpu\\.use", "airbox.cpu.use.ratio", "Use of the processor, 0 to 1"),
          Place.of("cpu\\.clock", "airbox.cpu.clock.hertz", "Clock of the processor"),
          Place.of("cpu\\.load", "airbox.cpu.load", "Load of one minute"),
          Place.of(
              "memory\\.(size|available|swap\\.used)",
              "airbox.system.memory.bytes",
              "The system's memory, without the TPU's heaps",
              "part"),
          Place.of(
              "storage\\.(.+)\\.(size|free)",
              "airbox.storage.bytes",
              "File systems by where they are mounted",
              "place",
              "part"),
          Place.of(
              "disk\\.(.+)\\.(read|written)",
              "airbox.disk.bytes.per.second",
              "What goes over a disk",
              "disk",
              "direction"),
          Place.of(
              "disk\\.(.+)\\.wear-(.)",
              "airbox.disk.wear.ratio",
              "How much of an eMMC's life is used, 0 to 1",
              "disk",
              "type"),
          Place.of(
              "disk\\.(.+)\\.end-of-life",
              "airbox.disk.end.of.life",
              "An eMMC's warning: 1 fine, 2 warns, 3 urgent",
              "disk"),
          Place.of(
              "network\\.(.+)\\.(received|sent)",
              "airbox.network.bytes.per.second",
              "What goes over an interface",
              "interface",
              "direction"),
          Place.of(
              "alert\\.(.+)",
              "airbox.controller.alert",
              "1 while the board's controller raises this alert",
              "alert"),
          Place.of("controller\\.resets", "airbox.controller.resets", "Resets that it has counted"),
          Place.of(
              "controller\\.uptime",
              "airbox.controller.uptime.seconds",
              "How long the box has had power"),
          Place.of(
              "uptime\\.system", "airbox.system.uptime.seconds", "How long the system has run"));

  private final MeterRegistry registry;
  private final Telemetry telemetry;
  private final AlarmDesk alarms;
  private final JobQueue jobs;
  private final Delivery.Source deliveries;
  private final Map<String, MultiGauge> gauges = new HashMap<>();
  private final MultiGauge states;
  private final MultiGauge qualities;
  private final MultiGauge raised;
  private final MultiGauge connected;
  private final MultiGauge waiting;
  private final MultiGauge outbox;
  private final Set<String> counted = new HashSet<>();

  TelemetryMetrics(
      MeterRegistry registry,
      Telemetry telemetry,
      AlarmDesk alarms,
      JobQueue jobs,
      Delivery.Source deliveries) {
    this.registry = registry;
    this.telemetry = telemetry;
    this.alarms = alarms;
    this.jobs = jobs;
    this.deliveries = deliveries;
    for (Place place : PLACES) {
      gauges.computeIfAbsent(place.metric(), metric -> gauge(metric, place.description()));
    }
    states = gauge("airbox.thermal.state", "What heat allows: 1 for the state that holds");
    raised = gauge("airbox.alarm", "1 while an alarm holds");
    connected =
        gauge("airbox.delivery.connected", "1 while whoever is to be told things is connected");
    waiting = gauge("airbox.delivery.waiting", "Records on the disk that have not arrived");
    outbox = gauge("airbox.delivery.bytes", "Bytes of the files of such records");
    qualities = gauge("airbox.sensor.readings", "How many readings are good, stale and unknown");
  }

  private MultiGauge gauge(String metric, String description) {
    return MultiGauge.builder(metric).description(description).register(registry);
  }

  /** Takes the figures over. One thread at a time. */
  void update() {
    Telemetry.Look look = telemetry.last();
    Map<String, List<Row<?>>> rows = new HashMap<>();
    for (Reading reading : look.sample().readings()) {
      if (reading.quality() == Quality.GOOD) {
        add(rows, reading);
      }
    }
    gauges.forEach((metric, gauge) -> gauge.register(rows.getOrDefault(metric, List.of()), true));
    states.register(
        Arrays.stream(ThermalState.values())
            .<Row<?>>map(
                state -> Row.of(Tags.of("state", state.id()), state == look.heat().state() ? 1 : 0))
            .toList(),
        true);
    qualities.register(qualities(look.sample()), true);
    raised.register(
        alarms.active().stream()
            .<Row<?>>map(
                alarm -> Row.of(Tags.of("id", alarm.id(), "severity", alarm.severity().id()), 1))
            .toList(),
        true);
    deliveries();
    if (telemetry.energy().joules().isPresent()) {
      count(
          "airbox.energy.joules",
          "Energy that the box has taken",
          queue -> telemetry.energy().joules().orElse(0));
    }
    if (jobs.statistics().jobEnergy().count() > 0) {
      count(
          "airbox.jobs.energy.joules",
          "Energy of jobs that have ended",
          queue -> queue.jobEnergy().joules());
      count(
          "airbox.jobs.measured",
          "Jobs of which the energy is known",
          queue -> queue.jobEnergy().count());
    }
    if (jobs.statistics().pictureEnergy().count() > 0) {
      count(
          "airbox.pictures.energy.joules",
          "Energy of pictures",
          queue -> queue.pictureEnergy().joules());
      count(
          "airbox.pictures.measured",
          "Pictures of which the energy is known",
          queue -> queue.pictureEnergy().count());
    }
  }

  private void deliveries() {
    List<Row<?>> links = new ArrayList<>();
    List<Row<?>> records = new ArrayList<>();
    List<Row<?>> bytes = new ArrayList<>();
    for (Delivery each : deliveries.deliveries()) {
      Tags tags = Tags.of("to", each.to(), "name", each.name());
      links.add(Row.of(tags, each.connected() ? 1 : 0));
      records.add(Row.of(tags.and("kind", "alarms"), each.outbox().mustArrive()));
      records.add(Row.of(tags.and("kind", "measurements"), each.outbox().newest()));
      bytes.add(Row.of(tags, each.outbox().bytes()));
      lost(each, "measurements", OutboxState::dropped);
      lost(each, "damaged", OutboxState::damaged);
    }
    connected.register(links, true);
    waiting.register(records, true);
    outbox.register(bytes, true);
  }

  private void lost(Delivery of, String kind, ToDoubleFunction<OutboxState> figure) {
    if (counted.add(of.to() + of.name() + kind)) {
      FunctionCounter.builder(
              "airbox.delivery.lost",
              deliveries,
              source ->
                  source.deliveries().stream()
                      .filter(each -> each.to().equals(of.to()) && each.name().equals(of.name()))
                      .mapToDouble(each -> figure.applyAsDouble(each.outbox()))
                      .sum())
          .tags("to", of.to(), "name", of.name(), "kind", kind)
          .description("Records that had no room or could not be read back")
          .register(registry);
    }
  }

  private static void add(Map<String, List<Row<?>>> rows, Reading reading) {
    for (Place place : PLACES) {
      Matcher matcher = place.id().matcher(reading.id());
      if (matcher.matches()) {
        rows.computeIfAbsent(place.metric(), metric -> new ArrayList<>())
            .add(Row.of(place.tags(matcher), reading.value().orElseThrow()));
        return;
      }
    }
  }

  private static List<Row<?>> qualities(Sample sample) {
    Map<Quality, Integer> counts = new LinkedHashMap<>();
    for (Quality quality : Quality.values()) {
      counts.put(quality, 0);
    }
    sample.readings().forEach(reading -> counts.merge(reading.quality(), 1, Integer::sum));
    List<Row<?>> rows = new ArrayList<>();
    counts.forEach((quality, count) -> rows.add(Row.of(Tags.of("quality", quality.id()), count)));
    return rows;
  }

  /** Begins once there is something to count: before, nobody knows whether it is ever known. */
  private void count(String name, String description, ToDoubleFunction<QueueStatistics> figure) {
    if (counted.add(name)) {
      FunctionCounter.builder(name, jobs, queue -> figure.applyAsDouble(queue.statistics()))
          .description(description)
          .register(registry);
    }
  }
}
