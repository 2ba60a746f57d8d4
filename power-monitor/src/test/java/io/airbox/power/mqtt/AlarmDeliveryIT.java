package io.airbox.power.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker is restarted and the box's process killed at random: each event that was on the box's
 * disk reaches a subscriber with a persistent session exactly once by its id.
 */
class AlarmDeliveryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  @TempDir Path folder;

  private final Set<String> written = ConcurrentHashMap.newKeySet();

  @Test
  void twoRestartsAndTwoKillsLoseNothing() throws Exception {
    deliver(2, 2, Duration.ofSeconds(40));
  }

  @Test
  @Tag("long")
  void twentyRestartsAndTwentyKillsLoseNothing() throws Exception {
    deliver(20, 20, Duration.ofMinutes(10));
  }

  private void deliver(int restarts, int kills, Duration time) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Boolean> faults = new ArrayList<>();
    for (int i = 0; i < restarts + kills; i++) {
      faults.add(i < restarts);
    }
    java.util.Collections.shuffle(faults, random);
    long meanMillis = time.toMillis() / faults.size();
    try (Mosquitto broker = Mosquitto.start(Files.createDirectory(folder.resolve("broker")));
        Subscriber fleet = new Subscriber(broker.uri(), "fleet", "airbox/v1/lab/one/event")) {
      Process box = box(broker);
      try {
        for (boolean restart : faults) {
          TimeUnit.MILLISECONDS.sleep(meanMillis / 2 + random.nextLong(meanMillis));
          if (restart) {
            broker.stop();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(2000));
            broker.start();
          } else {
            box.destroyForcibly().waitFor();
            box = box(broker);
          }
        }
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(missing(fleet).size())
                        .as("seed %d, %d written", seed, written.size())
                        .isLessThanOrEqualTo(2)); // those of the last moment are under way
      } finally {
        box.destroyForcibly().waitFor();
      }
      // the rest is on its disk: a last start brings it
      Process last = box(broker);
      try {
        Set<String> before = Set.copyOf(written);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(ids(fleet).keySet()).as("seed %d", seed).containsAll(before));
      } finally {
        last.destroyForcibly().waitFor();
      }
      assertThat(written).hasSizeGreaterThan(faults.size() * 5);
      alternates(fleet);
    }
  }

  private Set<String> missing(Subscriber fleet) {
    Set<String> missing = ConcurrentHashMap.newKeySet();
    missing.addAll(written);
    missing.removeAll(ids(fleet).keySet());
    return missing;
  }

  /** By id; the same id twice is the same event. */
  private static Map<String, JsonNode> ids(Subscriber fleet) {
    Map<String, JsonNode> byId = new LinkedHashMap<>();
    for (Subscriber.Heard heard : fleet.heard()) {
      JsonNode event = heard.json();
      JsonNode known = byId.putIfAbsent(event.path("id").asText(), event);
      if (known != null) {
        assertThat(event.path("at")).isEqualTo(known.path("at"));
      }
    }
    return byId;
  }

  /** Raised and cleared in turns, each clearing of the occurrence before it: nothing is made up. */
  private static void alternates(Subscriber fleet) {
    List<JsonNode> events = new ArrayList<>(ids(fleet).values());
    events.sort(java.util.Comparator.comparingLong(each -> each.path("at").asLong()));
    String open = "";
    for (JsonNode event : events) {
      String occurrence = event.path("occurrence").asText();
      if (event.path("event").asText().equals("raised")) {
        assertThat(open).isEmpty();
        open = occurrence;
      } else {
        assertThat(open).isEqualTo(occurrence);
        open = "";
      }
    }
  }

  private Process box(Mosquitto broker) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                AlarmingProcess.class.getName(),
                broker.uri().toString(),
                folder.resolve("box").toString())
            .redirectError(new File(folder.resolve("errors").toString()))
            .start();
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  if (line.endsWith("-raised") || line.endsWith("-cleared")) {
                    written.add(line); // not half a line of a process that was killed
                  }
                }
              } catch (IOException e) {
                // it was killed
              }
            });
    reader.setDaemon(true);
    reader.start();
    return process;
  }
}
