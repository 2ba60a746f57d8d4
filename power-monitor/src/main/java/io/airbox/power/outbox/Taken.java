package io.airbox.power.outbox;

/**
 * A record on its way; tell the outbox when it has arrived.
 *
 * @param number of the outbox's own, among the records of its priority
 * @param late it was there when the outbox was opened or when records were given back
 */
public record Taken(long number, boolean late, OutboxRecord content) {}
