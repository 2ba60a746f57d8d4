package io.airbox.daemon.fleet;

import io.airbox.daemon.telemetry.AlarmDesk;
import io.airbox.daemon.telemetry.Delivery;
import io.airbox.daemon.telemetry.Telemetry;
import io.airbox.power.Ticker;
import io.airbox.power.history.Minute;
import io.airbox.power.history.MinuteCollector;
import io.airbox.power.mqtt.BoxView;
import io.airbox.power.mqtt.Commands;
import io.airbox.power.mqtt.LinkState;
import io.airbox.power.mqtt.MqttPublisher;
import io.airbox.power.mqtt.MqttSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Hands alarms and minutes to the MQTT publisher, on a thread of its own, for that flushes the
 * disk. An alarm that the outbox did not take is tried again with each minute.
 */
public final class FleetLink implements Delivery.Source, Telemetry.Listener, AutoCloseable {
  /** Minutes that wait for a disk that does not answer. */
  private static final int MOST_WAITING = 100;

  private final String broker;
  private final MqttPublisher publisher;
  private final AlarmDesk.Round alarms;
  private final MinuteCollector minutes = new MinuteCollector(id -> true);
  private final ThreadPoolExecutor thread;
  private String said = "";

  private FleetLink(String broker, MqttPublisher publisher, AlarmDesk.Round alarms) {
    this.broker = broker;
    this.publisher = publisher;
    this.alarms = alarms;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            task -> {
              Thread made = new Thread(task, "airbox-fleet");
              made.setDaemon(true);
              return made;
            },
            new ThreadPoolExecutor.DiscardOldestPolicy());
  }

  /**
   * Begins to connect, and hands over what the last run did not.
   *
   * @param folder for what waits to be sent
   * @throws IOException the folder cannot be used
   */
  public static FleetLink open(
      MqttSettings settings,
      Optional<Path> commandKey,
      Path folder,
      BoxView view,
      Commands commands,
      AlarmDesk.Round alarms,
      FleetUpdates updates,
      InstantSource clock)
      throws IOException {
    MqttPublisher publisher =
        MqttPublisher.open(
            settings,
            folder,
            MqttPublisher.Room.USUAL,
            view,
            new MqttPublisher.Orders(commands, commandKey),
            Ticker.SYSTEM,
            clock);
    FleetLink link = new FleetLink(settings.broker().toString(), publisher, alarms);
    link.thread.execute(() -> link.add(null));
    alarms.onEvent(() -> link.thread.execute(() -> link.add(null)));
    updates.tell(publisher::outcome);
    return link;
  }

  @Override
  public void looked(Telemetry.Look look) {
    minutes.add(look.sample()).ifPresent(minute -> thread.execute(() -> add(minute)));
    tellJournal();
  }

  private void add(@Nullable Minute minute) {
    alarms.carry(publisher::alarm);
    if (minute != null) {
      try {
        publisher.telemetry(minute);
      } catch (IOException e) {
        Logger.warn("A minute for the fleet is lost: {}", e.getMessage());
      }
    }
  }

  /** Once for each change. */
  private void tellJournal() {
    StringBuilder now = new StringBuilder();
    for (LinkState link : publisher.links()) {
      now.append(now.isEmpty() ? "" : "; ")
          .append(link.name())
          .append(' ')
          .append(link.connected() ? "connected" : "not connected: " + link.reason());
    }
    publisher.rival().ifPresent(rival -> now.append("; ").append(rival));
    String text = now.toString();
    if (!text.equals(said)) {
      said = text;
      Logger.info("MQTT: {}", text);
    }
  }

  @Override
  public List<Delivery> deliveries() {
    return publisher.links().stream()
        .map(
            link ->
                new Delivery(
                    Delivery.MQTT,
                    link.name(),
                    broker,
                    link.connected(),
                    link.reason(),
                    publisher.rival(),
                    link.lastSent(),
                    link.outbox()))
        .toList();
  }

  @Override
  public void close() throws IOException {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(1, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
    publisher.close();
  }
}
