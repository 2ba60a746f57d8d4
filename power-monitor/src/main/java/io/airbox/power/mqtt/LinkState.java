package io.airbox.power.mqtt;

import io.airbox.power.outbox.OutboxState;
import java.time.Instant;
import java.util.Optional;

/**
 * How a connection to the broker does.
 *
 * @param name {@code json} or {@code sparkplug}
 * @param connected whether it is there and has been greeted
 * @param reason why it is not, or what is wrong with it, for people; empty when all is well
 * @param connects how often it was made, since the start
 * @param lastSent when the broker answered for something the last time, or was sent something that
 *     it does not answer for; since the start
 */
public record LinkState(
    String name,
    boolean connected,
    String reason,
    long connects,
    Optional<Instant> lastSent,
    OutboxState outbox) {}
