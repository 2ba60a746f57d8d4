package io.airbox.daemon.fleet;

import io.airbox.daemon.telemetry.AlarmDesk;
import io.airbox.daemon.telemetry.Delivery;
import io.airbox.daemon.telemetry.Telemetry;
import io.airbox.power.webhook.Webhook;
import io.airbox.power.webhook.WebhookSettings;
import io.airbox.power.webhook.WebhookState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.tinylog.Logger;

/**
 * Hands alarms to the webhook, on a thread of its own, for that flushes the disk. One that had no
 * room is tried again with each look at the sensors.
 */
public final class WebhookLink implements Delivery.Source, Telemetry.Listener, AutoCloseable {
  private final Webhook webhook;
  private final AlarmDesk.Round alarms;
  private final ThreadPoolExecutor thread;
  private String said = "";

  private WebhookLink(Webhook webhook, AlarmDesk.Round alarms) {
    this.webhook = webhook;
    this.alarms = alarms;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1),
            task -> {
              Thread made = new Thread(task, "airbox-webhook-alarms");
              made.setDaemon(true);
              return made;
            },
            new ThreadPoolExecutor.DiscardPolicy()); // the one that waits carries all
  }

  /**
   * Begins to post, also what the last run did not.
   *
   * @param folder for what waits to be posted
   * @throws IOException the folder cannot be used
   */
  public static WebhookLink open(
      WebhookSettings settings, Path folder, AlarmDesk.Round alarms, InstantSource clock)
      throws IOException {
    WebhookLink link = new WebhookLink(Webhook.open(settings, folder, clock), alarms);
    alarms.onEvent(link::carry);
    link.carry();
    return link;
  }

  private void carry() {
    thread.execute(() -> alarms.carry(webhook::alarm));
  }

  @Override
  public void looked(Telemetry.Look look) {
    if (alarms.waits()) {
      carry();
    }
    WebhookState state = webhook.state();
    if (!state.reason().equals(said)) {
      said = state.reason();
      Logger.info("Webhook: {}", said.isEmpty() ? "alarms are taken" : said);
    }
  }

  @Override
  public List<Delivery> deliveries() {
    WebhookState state = webhook.state();
    return List.of(
        new Delivery(
            Delivery.WEBHOOK,
            "alarms",
            state.place(),
            !state.failing(),
            state.reason(),
            Optional.empty(),
            state.lastSent(),
            state.outbox()));
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
    webhook.close();
  }
}
