package io.airbox.daemon.fleet;

import io.airbox.daemon.telemetry.AlarmDesk;
import io.airbox.daemon.telemetry.Telemetry;
import io.airbox.power.Ticker;
import io.airbox.power.alarm.AlarmBook;
import io.airbox.power.alarm.AlarmEvent;
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
 * disk. An alarm is settled in its book once the outbox has it; one that the outbox did not take is
 * tried again with each minute.
 */
public final class FleetLink
    implements FleetStatus, Telemetry.Listener, AlarmDesk.Taker, AutoCloseable {
  /** Minutes that wait for a disk that does not answer. */
  private static final int MOST_WAITING = 100;

  private final MqttPublisher publisher;
  private final AlarmBook book;
  private final MinuteCollector minutes = new MinuteCollector(id -> true);
  private final ThreadPoolExecutor thread;
  private String said = "";

  private FleetLink(MqttPublisher publisher, AlarmBook book) {
    this.publisher = publisher;
    this.book = book;
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
      AlarmBook book,
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
    FleetLink link = new FleetLink(publisher, book);
    link.thread.execute(() -> link.add(null));
    return link;
  }

  @Override
  public void looked(Telemetry.Look look) {
    minutes.add(look.sample()).ifPresent(minute -> thread.execute(() -> add(minute)));
    tellJournal();
  }

  @Override
  public void told(AlarmEvent event) {
    thread.execute(() -> add(null));
  }

  private void add(@Nullable Minute minute) {
    for (AlarmEvent event : book.unsettled()) {
      try {
        publisher.alarm(event);
        book.settle(List.of(event.id()));
      } catch (IOException e) {
        Logger.warn("The alarm {} waits for the disk: {}", event.id(), e.getMessage());
        break; // those after it must not overtake it
      }
    }
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
  public String state() {
    return publisher.links().stream().allMatch(LinkState::connected) ? "connected" : "disconnected";
  }

  @Override
  public int waiting() {
    return publisher.links().stream()
        .mapToInt(link -> link.outbox().mustArrive() + link.outbox().newest())
        .sum();
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
