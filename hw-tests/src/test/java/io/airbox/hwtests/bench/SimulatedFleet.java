package io.airbox.hwtests.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.management.OperatingSystemMXBean;
import io.airbox.power.Quality;
import io.airbox.power.Reading;
import io.airbox.power.Sample;
import io.airbox.power.Ticker;
import io.airbox.power.Unit;
import io.airbox.power.alarm.Alarm;
import io.airbox.power.alarm.AlarmEvent;
import io.airbox.power.alarm.Severity;
import io.airbox.power.mqtt.BoxState;
import io.airbox.power.mqtt.Layout;
import io.airbox.power.mqtt.Mosquitto;
import io.airbox.power.mqtt.MqttPublisher;
import io.airbox.power.mqtt.MqttSettings;
import io.airbox.power.sampling.Sampler;
import io.airbox.power.sensor.Sensors;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Many boxes against one Mosquitto of this machine: each is the daemon's own publisher with plain
 * JSON and Sparkplug, its own outbox, and the readings of a recorded box that change all the time.
 * Alarms are raised one after the other on boxes by chance, also while the broker is away.
 *
 * <p>Arguments: {@code SYSROOT BOXES INTERVAL_SECONDS STEADY_SECONDS AWAY_SECONDS
 * ALARMS_PER_SECOND}. Prints a line for each figure: its name, then numbers.
 */
public final class SimulatedFleet {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** The broker has them all; how long it may take to hand them on. */
  private static final Duration LAST = Duration.ofMinutes(1);

  private static final String SITE = "bench";

  private final Options options;
  private final Path folder;
  private final List<Reading> recorded;
  private final List<MqttPublisher> boxes = new ArrayList<>();
  private final Set<String> promised = new HashSet<>();
  private final Random random = new Random(1);
  private volatile boolean calm;

  /**
   * What is done.
   *
   * @param interval at which a box tells its state
   * @param steady how long the rate is counted
   * @param away how long the broker is away
   */
  public record Options(
      Path sysroot,
      int boxes,
      Duration interval,
      Duration steady,
      Duration away,
      int alarmsPerSecond) {}

  /**
   * What came of it.
   *
   * @param bornMillis from a box's start to its birth at the host, of each box, sorted
   * @param opened how long it took to start them all
   * @param rate messages in a second at the host
   * @param brokerShare the broker's processor time, of one core
   * @param boxesShare that of this process, of one core
   * @param backMillis from the broker's return to a box's birth at the host, of each box, sorted
   * @param promised events that a publisher has taken
   * @param lost those of them that the host never heard
   * @param invented events that the host heard and nobody raised
   * @param repeated how often it heard one again under its id
   */
  public record Figures(
      long[] bornMillis,
      Duration opened,
      double rate,
      double brokerShare,
      double boxesShare,
      long[] backMillis,
      int promised,
      int lost,
      int invented,
      long repeated) {}

  private SimulatedFleet(Options options, Path folder) throws IOException, InterruptedException {
    this.options = options;
    this.folder = folder;
    try (Sampler sampler =
        new Sampler(
            Sensors.of(options.sysroot(), Ticker.SYSTEM),
            Ticker.SYSTEM,
            InstantSource.system(),
            Duration.ofSeconds(10))) {
      recorded = sampler.sample().readings();
    }
  }

  /** Prints the figures of one run. */
  public static void main(String... arguments) throws Exception {
    Figures figures =
        run(
            new Options(
                Path.of(arguments[0]),
                Integer.parseInt(arguments[1]),
                Duration.ofSeconds(Long.parseLong(arguments[2])),
                Duration.ofSeconds(Long.parseLong(arguments[3])),
                Duration.ofSeconds(Long.parseLong(arguments[4])),
                Integer.parseInt(arguments[5])),
            Files.createTempDirectory("simulated-fleet"));
    print("born", figures.bornMillis());
    print("opened", figures.opened().toMillis());
    System.out.printf(
        Locale.ROOT,
        "steady %f %f %f%n",
        figures.rate(),
        figures.brokerShare(),
        figures.boxesShare());
    print("back", figures.backMillis());
    print("alarms", figures.promised(), figures.lost(), figures.invented(), figures.repeated());
  }

  private static void print(String what, long... numbers) {
    StringBuilder line = new StringBuilder(what);
    Arrays.stream(numbers).forEach(number -> line.append(' ').append(number));
    System.out.println(line);
  }

  /**
   * Has a fleet live through a restart of its broker.
   *
   * @param folder an empty one
   * @throws TimeoutException something did not come about within ten minutes
   */
  public static Figures run(Options options, Path folder) throws Exception {
    SimulatedFleet fleet = new SimulatedFleet(options, folder);
    // births are QoS 0: a host that is slower to come back than a box would miss them
    try (Mosquitto broker =
            Mosquitto.start(
                Files.createDirectory(folder.resolve("broker")),
                "autosave_interval 1800",
                "queue_qos0_messages true");
        FleetHost host = new FleetHost(broker.uri())) {
      try {
        return fleet.run(broker, host);
      } finally {
        fleet.close();
      }
    }
  }

  private Figures run(Mosquitto broker, FleetHost host) throws Exception {
    Map<String, Long> begun = new HashMap<>();
    long opening = System.nanoTime();
    for (int i = 0; i < options.boxes(); i++) {
      String name = "box" + i;
      begun.put(name, System.nanoTime());
      boxes.add(box(broker.uri(), name));
    }
    Duration opened = Duration.ofNanos(System.nanoTime() - opening);
    await("births", () -> host.births().size() == options.boxes());
    long[] born = millis(host.births(), begun);

    Thread alarms = new Thread(this::raise, "alarms");
    alarms.start();
    long messages = host.messages();
    Duration brokerTime = broker.handle().info().totalCpuDuration().orElse(Duration.ZERO);
    long boxesTime = SYSTEM.getProcessCpuTime();
    long from = System.nanoTime();
    TimeUnit.NANOSECONDS.sleep(options.steady().toNanos());
    double seconds = (System.nanoTime() - from) / 1e9;
    double rate = (host.messages() - messages) / seconds;
    double boxesShare = (SYSTEM.getProcessCpuTime() - boxesTime) / 1e9 / seconds;
    double brokerShare =
        broker.handle().info().totalCpuDuration().orElse(Duration.ZERO).minus(brokerTime).toNanos()
            / 1e9
            / seconds;

    broker.stop();
    TimeUnit.NANOSECONDS.sleep(options.away().toNanos());
    Map<String, Long> back = new HashMap<>();
    long returned = System.nanoTime();
    broker.start();
    await(
        "births after the restart",
        () -> host.births().values().stream().allMatch(at -> at - returned > 0));
    begun.keySet().forEach(name -> back.put(name, returned));
    long[] returns = millis(host.births(), back);

    calm = true;
    alarms.join();
    await(
        "empty outboxes",
        () ->
            boxes.stream()
                .flatMap(box -> box.links().stream())
                .allMatch(link -> link.outbox().mustArrive() == 0));
    until(LAST, () -> host.alarms().containsAll(promised)); // those that are missing then are lost
    Set<String> lost = new HashSet<>(promised);
    lost.removeAll(host.alarms());
    Set<String> invented = new HashSet<>(host.alarms());
    invented.removeAll(promised);
    return new Figures(
        born,
        opened,
        rate,
        brokerShare,
        boxesShare,
        returns,
        promised.size(),
        lost.size(),
        invented.size(),
        host.repeated());
  }

  private static long[] millis(Map<String, Long> at, Map<String, Long> since) {
    return since.entrySet().stream()
        .mapToLong(
            each ->
                TimeUnit.NANOSECONDS.toMillis(
                    at.getOrDefault(each.getKey(), Long.MAX_VALUE) - each.getValue()))
        .sorted()
        .toArray();
  }

  private static void await(String what, BooleanSupplier met)
      throws InterruptedException, TimeoutException {
    if (!until(PATIENCE, met)) {
      throw new TimeoutException("no " + what + " within " + PATIENCE);
    }
  }

  private static boolean until(Duration patience, BooleanSupplier met) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!met.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return true;
  }

  private MqttPublisher box(URI broker, String name) throws IOException {
    MqttSettings settings =
        new MqttSettings(
            broker,
            Set.of(Layout.JSON, Layout.SPARKPLUG),
            SITE,
            name,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(30),
            options.interval(),
            Optional.empty(),
            "homeassistant");
    return MqttPublisher.open(
        settings,
        folder.resolve(name),
        MqttPublisher.Room.USUAL,
        () -> state(name),
        new MqttPublisher.Orders(
            (verb, order) -> JsonNodeFactory.instance.objectNode(), Optional.empty()),
        Ticker.SYSTEM,
        InstantSource.system());
  }

  private BoxState state(String name) {
    List<Reading> readings = new ArrayList<>();
    for (Reading each : recorded) {
      readings.add(each.id().equals("temperature.soc") ? another(each) : each);
    }
    return new BoxState(
        name,
        "0.1.0",
        Optional.empty(),
        Optional.of(new Sample(Instant.now(), System.nanoTime(), readings, List.of())),
        new Decision(ThermalState.NORMAL, 0, ""),
        List.of(),
        List.of(new BoxState.Pack("sd15", "1.2.0")),
        OptionalDouble.of(System.nanoTime() / 1e9),
        1,
        0);
  }

  /** A little different each time, as a temperature is. */
  private static Reading another(Reading reading) {
    return new Reading(
        reading.id(),
        reading.unit(),
        Quality.GOOD,
        OptionalDouble.of(60 + System.nanoTime() % 1000 / 100.0),
        Duration.ZERO,
        reading.source(),
        "");
  }

  private void raise() {
    long due = System.nanoTime();
    for (int i = 0; !calm; i++) {
      due += TimeUnit.SECONDS.toNanos(1) / options.alarmsPerSecond();
      Instant now = Instant.now();
      Alarm alarm =
          new Alarm(
              "heat.hot",
              "o" + i,
              Severity.WARNING,
              now,
              "the chip has 86.0 °C",
              OptionalDouble.of(86),
              Unit.CELSIUS,
              "java (pid 1)");
      AlarmEvent event = new AlarmEvent(alarm, true, now, alarm.reason(), alarm.value());
      try {
        boxes.get(random.nextInt(boxes.size())).alarm(event);
        promised.add(event.id());
        TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
      } catch (IOException e) {
        continue; // not taken, so nothing is promised
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** All at once, for each says farewell first. */
  private void close() throws InterruptedException {
    calm = true;
    ExecutorService closing = Executors.newFixedThreadPool(16);
    for (MqttPublisher box : boxes) {
      closing.execute(
          () -> {
            try {
              box.close();
            } catch (IOException e) {
              System.err.println("a box's outbox could not be closed: " + e.getMessage());
            }
          });
    }
    closing.shutdown();
    closing.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
