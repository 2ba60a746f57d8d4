package io.airbox.daemon.telemetry;

import io.airbox.power.outbox.OutboxState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How somebody is told what this box does.
 *
 * @param to {@link #MQTT} or {@link #WEBHOOK}
 * @param name which of several, as {@code json}
 * @param place address without what may be a secret
 * @param connected whether a broker is connected, or the webhook took what it was sent last
 * @param reason why it is not, for people; empty when it is
 * @param warning what is wrong nevertheless, for people
 * @param lastSent when something arrived the last time, since the start
 */
public record Delivery(
    String to,
    String name,
    String place,
    boolean connected,
    String reason,
    Optional<String> warning,
    Optional<Instant> lastSent,
    OutboxState outbox) {
  /** A broker. */
  public static final String MQTT = "mqtt";

  /** A web address. */
  public static final String WEBHOOK = "webhook";

  /** Records on the disk that have not arrived. */
  public int waiting() {
    return outbox.mustArrive() + outbox.newest();
  }

  /** Tells how all do. Any thread may ask; answers at once. */
  @FunctionalInterface
  public interface Source {
    /** None where nobody is told. */
    List<Delivery> deliveries();
  }
}
