package io.airbox.hwtests.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.airbox.power.Ticker;
import io.airbox.power.mqtt.BoxState;
import io.airbox.power.mqtt.Layout;
import io.airbox.power.mqtt.Mosquitto;
import io.airbox.power.mqtt.MqttPublisher;
import io.airbox.power.mqtt.MqttSettings;
import io.airbox.power.outbox.Outbox;
import io.airbox.power.outbox.OutboxRecord;
import io.airbox.power.outbox.Priority;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/**
 * Records in a second: written to the outbox, each on the disk before the next, beside plain
 * appends of as many bytes with an fsync each; and drained to Mosquitto by the publisher, beside
 * Paho alone with the same messages from memory and as many on their way. In turns.
 *
 * <p>Arguments: {@code FOLDER ROUNDS WRITTEN DRAINED}: where to write, and how many records a round
 * has. Prints a line for each round and comparison: {@code written OURS PEER}, {@code drained OURS
 * PEER}.
 */
public final class OutboxSpeed {
  /** As many as the publisher has on their way. */
  private static final int WINDOW = 64;

  private static final long MUST_ARRIVE_BYTES = 256L << 20;
  private static final long NEWEST_BYTES = 1 << 20;

  /** Its frame, number, time, and the lengths of id and kind, in the outbox's files. */
  private static final int AROUND_A_RECORD = 8 + 1 + 8 + 8 + 2 + 2;

  private final Path folder;

  private OutboxSpeed(Path folder) {
    this.folder = folder;
  }

  public static void main(String... arguments) throws Exception {
    OutboxSpeed speed = new OutboxSpeed(Path.of(arguments[0]));
    int rounds = Integer.parseInt(arguments[1]);
    int written = Integer.parseInt(arguments[2]);
    int drained = Integer.parseInt(arguments[3]);
    try (Mosquitto broker =
        Mosquitto.start(
            Files.createDirectory(speed.folder.resolve("broker")), "autosave_interval 1800")) {
      for (int i = 0; i < rounds; i++) {
        print("written", speed.added(i, written), speed.appended(i, written));
        print(
            "drained",
            speed.published(i, broker.uri(), drained),
            speed.publishedByPaho(broker.uri(), drained));
      }
    }
  }

  private static void print(String what, double ours, double peer) {
    System.out.printf(Locale.ROOT, "%s %f %f%n", what, ours, peer);
  }

  private static double rate(int count, long from) {
    return count * 1e9 / (System.nanoTime() - from);
  }

  /** An alarm as the publisher writes it. */
  private static OutboxRecord record(int number) {
    Instant now = Instant.now();
    String id = String.format(Locale.ROOT, "occurrence%010d-raised", number);
    String text =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", id)
            .put("kind", "alarm")
            .put("event", "raised")
            .put("at", now.toEpochMilli())
            .put("clock_set", true)
            .put("alarm", "heat.hot")
            .put("occurrence", "occurrence" + number)
            .put("severity", "warning")
            .put("raised_at", now.toEpochMilli())
            .put("reason", "the chip has 86.0 °C; it is hot from 85 °C on, until 80 °C")
            .put("value", 86)
            .put("unit", "celsius")
            .put("process", "java (pid 12345)")
            .toString();
    return new OutboxRecord(
        id, Priority.MUST_ARRIVE, "alarm", now, text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<OutboxRecord> records(int count) {
    List<OutboxRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      records.add(record(i));
    }
    return records;
  }

  private double added(int round, int count) throws IOException {
    List<OutboxRecord> records = records(count);
    try (Outbox outbox =
        Outbox.open(folder.resolve("written" + round), MUST_ARRIVE_BYTES, NEWEST_BYTES)) {
      long from = System.nanoTime();
      for (OutboxRecord each : records) {
        outbox.add(each);
      }
      return rate(count, from);
    }
  }

  private double appended(int round, int count) throws IOException {
    OutboxRecord one = record(0);
    byte[] bytes =
        new byte[AROUND_A_RECORD + one.id().length() + one.kind().length() + one.content().length];
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("appended" + round).toFile(), "rw")) {
      long from = System.nanoTime();
      for (int i = 0; i < count; i++) {
        file.write(bytes);
        file.getFD().sync();
      }
      return rate(count, from);
    }
  }

  private double published(int round, URI broker, int count)
      throws IOException, InterruptedException {
    Path box = folder.resolve("drained" + round);
    try (Outbox outbox = Outbox.open(box.resolve("json"), MUST_ARRIVE_BYTES, NEWEST_BYTES)) {
      List<OutboxRecord> records = records(count);
      for (int i = 0; i < count; i += 1000) {
        outbox.add(records.subList(i, Math.min(count, i + 1000)));
      }
    }
    BoxState state =
        new BoxState(
            "bench",
            "0.1.0",
            Optional.empty(),
            Optional.empty(),
            new Decision(ThermalState.NORMAL, 0, ""),
            List.of(),
            List.of(),
            OptionalDouble.empty(),
            0,
            0);
    long from = System.nanoTime();
    try (MqttPublisher publisher =
        MqttPublisher.open(
            settings(broker),
            box,
            new MqttPublisher.Room(MUST_ARRIVE_BYTES, NEWEST_BYTES),
            () -> state,
            new MqttPublisher.Orders(
                (verb, order) -> JsonNodeFactory.instance.objectNode(), Optional.empty()),
            Ticker.SYSTEM,
            InstantSource.system())) {
      while (publisher.links().get(0).outbox().mustArrive() > 0) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      return rate(count, from);
    }
  }

  private static MqttSettings settings(URI broker) {
    return new MqttSettings(
        broker,
        Set.of(Layout.JSON),
        "bench",
        "box",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Optional.empty(),
        "homeassistant");
  }

  private double publishedByPaho(URI broker, int count) throws MqttException, InterruptedException {
    List<OutboxRecord> records = records(count);
    Semaphore window = new Semaphore(WINDOW);
    CountDownLatch arrived = new CountDownLatch(count);
    long from = System.nanoTime();
    MqttAsyncClient client =
        new MqttAsyncClient(broker.toString(), "paho-alone", new MemoryPersistence());
    client.setCallback(
        new MqttCallback() {
          @Override
          public void connectionLost(Throwable cause) {
            System.err.println("Paho alone lost the broker: " + cause);
          }

          @Override
          public void messageArrived(String topic, MqttMessage message) {
            // it subscribes to nothing
          }

          @Override
          public void deliveryComplete(IMqttDeliveryToken token) {
            window.release();
            arrived.countDown();
          }
        });
    MqttConnectOptions options = new MqttConnectOptions();
    options.setMaxInflight(WINDOW * 4);
    client.connect(options).waitForCompletion();
    for (OutboxRecord each : records) {
      window.acquire();
      client.publish("airbox/v1/bench/paho/event", each.content(), 1, false);
    }
    arrived.await();
    double rate = rate(count, from);
    client.disconnect().waitForCompletion();
    client.close();
    return rate;
  }
}
