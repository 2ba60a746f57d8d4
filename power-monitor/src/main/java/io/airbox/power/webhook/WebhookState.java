package io.airbox.power.webhook;

import io.airbox.power.outbox.OutboxState;
import java.time.Instant;
import java.util.Optional;

/**
 * How a webhook does.
 *
 * @param place its address as far as it is no secret
 * @param reason why the last alarm was not taken, for people; empty after one that was
 * @param sent alarms that were taken, since the start
 * @param lastSent when the last one was taken, since the start
 */
public record WebhookState(
    String place, String reason, long sent, Optional<Instant> lastSent, OutboxState outbox) {
  /** Whether alarms wait because the last one was not taken. */
  public boolean failing() {
    return !reason.isEmpty();
  }
}
