package io.airbox.hwtests.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.hwtests.DaemonProcess;
import io.airbox.power.mqtt.Mosquitto;
import io.airbox.power.mqtt.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon's alarms come and go with what its box's controller tells, while the broker is restarted
 * and the daemon killed at random: each alarm that was raised reaches a subscriber with a
 * persistent session exactly once by its id, and so does each end of one.
 */
class AlarmDeliveryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final long STEP_MILLIS = 100;

  @TempDir Path folder;

  @Test
  void twoRestartsAndTwoKillsLoseNoAlarm() throws Exception {
    deliver(2, 2, Duration.ofSeconds(24));
  }

  @Test
  @Tag("long")
  void twentyRestartsAndTwentyKillsLoseNoAlarm() throws Exception {
    deliver(20, 20, Duration.ofMinutes(10));
  }

  private void deliver(int restarts, int kills, Duration time) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Boolean> faults = new ArrayList<>();
    for (int i = 0; i < restarts + kills; i++) {
      faults.add(i < restarts);
    }
    Collections.shuffle(faults, random);
    AlertingBox box = new AlertingBox(folder.resolve("box"));
    Path data = folder.resolve("data");
    try (Mosquitto broker = Mosquitto.start(Files.createDirectory(folder.resolve("broker")));
        Subscriber fleet = new Subscriber(broker.uri(), "fleet", "airbox/v1/lab/one/event");
        Daemon daemon = new Daemon(data, box, broker);
        Weather weather = new Weather(box, data.resolve("alarms/alarms.json"), seed)) {
      long begun = System.nanoTime();
      for (int i = 0; i < faults.size(); i++) {
        long part = time.toNanos() / faults.size();
        pauseUntil(begun + part * i + random.nextLong(part));
        if (faults.get(i)) {
          broker.stop();
          TimeUnit.MILLISECONDS.sleep(random.nextInt(2000));
          broker.start();
        } else {
          daemon.killed();
        }
      }
      Map<String, Set<String>> raised = weather.calm();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(events(fleet, "raised")).as("seed %d", seed).isEqualTo(raised);
                assertThat(events(fleet, "cleared")).as("seed %d", seed).isEqualTo(raised);
              });
      assertThat(raised.values().stream().mapToInt(Set::size).sum())
          .as("alarms that were raised")
          .isGreaterThan(faults.size());
    }
  }

  private static void pauseUntil(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(Math.max(0, nanos - System.nanoTime()));
  }

  /**
   * Occurrences by alarm, in the order of the first hearing; an id told again is the same event.
   */
  private static Map<String, Set<String>> events(Subscriber fleet, String transition) {
    Map<String, JsonNode> byId = new LinkedHashMap<>();
    Map<String, Set<String>> occurrences = new HashMap<>();
    for (Subscriber.Heard heard : fleet.heard()) {
      JsonNode event = heard.json();
      JsonNode known = byId.putIfAbsent(event.path("id").asText(), event);
      if (known != null) {
        assertThat(event.path("at")).isEqualTo(known.path("at"));
        assertThat(event.path("occurrence")).isEqualTo(known.path("occurrence"));
      } else if (event.path("event").asText().equals(transition)) {
        assertThat(
                occurrences
                    .computeIfAbsent(event.path("alarm").asText(), id -> new LinkedHashSet<>())
                    .add(event.path("occurrence").asText()))
            .as("one occurrence has one id: %s", event)
            .isTrue();
      }
    }
    return occurrences;
  }

  /** The daemon, started again each time that it was killed. */
  private static final class Daemon implements AutoCloseable {
    private final Path data;
    private final Map<String, String> settings;
    private DaemonProcess process;

    Daemon(Path data, AlertingBox box, Mosquitto broker) {
      this.data = data;
      settings =
          Map.of(
              "http.port", "0",
              "https.enabled", "false",
              "engine.kind", "onnx",
              "sysroot", box.root().toString(),
              "telemetry.interval", "1s",
              "mqtt.broker", broker.uri().toString(),
              "mqtt.site", "lab",
              "mqtt.box", "one",
              "mqtt.keep.alive", "5s");
      process = DaemonProcess.start(data, settings, List.of());
    }

    /** With SIGKILL. */
    void killed() {
      process.handle().destroyForcibly();
      process.handle().onExit().join();
      process = DaemonProcess.start(data, settings, List.of());
    }

    @Override
    public void close() {
      process.close();
    }
  }

  /**
   * Lets each alert begin, and end once its alarm is on the daemon's disk, and begin again once
   * that has ended there: each beginning is one alarm, whatever happens to the daemon meanwhile.
   */
  private static final class Weather implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AlertingBox box;
    private final Path book;
    private final Random random;
    private final Map<String, Set<String>> raised = new HashMap<>();
    private final Thread thread = new Thread(this::run, "weather");
    private volatile boolean calming;
    private volatile boolean closed;
    private volatile Exception failure;

    Weather(AlertingBox box, Path book, long seed) {
      this.box = box;
      this.book = book;
      random = new Random(seed);
      thread.start();
    }

    /** Lets all that is under way end; the occurrences that were raised, by alarm. */
    Map<String, Set<String>> calm() throws Exception {
      calming = true;
      thread.join(PATIENCE.toMillis());
      if (failure != null) {
        throw failure;
      }
      assertThat(thread.isAlive()).as("an alert that the daemon does not see").isFalse();
      return raised;
    }

    private void run() {
      try {
        Map<String, Long> begins = new HashMap<>();
        Map<String, Boolean> alerts = new HashMap<>();
        box.alarms().forEach(alarm -> begins.put(alarm, soon()));
        while (!closed && !(calming && alerts.isEmpty())) {
          Map<String, String> active = active();
          for (String alarm : box.alarms()) {
            Boolean alert = alerts.get(alarm);
            if (alert == null) {
              if (!calming && System.nanoTime() - begins.get(alarm) > 0) {
                box.tell(alarm, true);
                alerts.put(alarm, true);
              }
            } else if (alert && active.containsKey(alarm)) {
              raised.computeIfAbsent(alarm, id -> new LinkedHashSet<>()).add(active.get(alarm));
              box.tell(alarm, false);
              alerts.put(alarm, false);
            } else if (!alert && !active.containsKey(alarm)) {
              alerts.remove(alarm);
              begins.put(alarm, soon());
            }
          }
          TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
        }
      } catch (IOException | InterruptedException e) {
        failure = e;
      }
    }

    private long soon() {
      return System.nanoTime() + random.nextLong(TimeUnit.SECONDS.toNanos(3));
    }

    /** Occurrences by alarm, as they are on the disk. */
    private Map<String, String> active() throws IOException {
      Map<String, String> active = new HashMap<>();
      try {
        for (JsonNode alarm : JSON.readTree(Files.readAllBytes(book)).path("active")) {
          active.put(alarm.path("id").asText(), alarm.path("occurrence").asText());
        }
      } catch (NoSuchFileException e) {
        // the first start is under way
      }
      return active;
    }

    @Override
    public void close() throws InterruptedException {
      closed = true;
      thread.join();
    }
  }
}
