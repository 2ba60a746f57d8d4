package io.airbox.daemon.jobs;

/**
 * Those who take turns in the queue, and may wait in it, as one.
 *
 * @param id names them
 * @param guest whether the box does not know them. Guests can be as many as they like, so all of
 *     them together take turns with all who are known, and have half of the queue's places at most
 */
public record Share(String id, boolean guest) {}
