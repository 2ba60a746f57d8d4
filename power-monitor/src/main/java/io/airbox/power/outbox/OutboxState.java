package io.airbox.power.outbox;

/**
 * How an outbox does.
 *
 * @param mustArrive records that must arrive and have not
 * @param newest measurements that wait
 * @param bytes of all files
 * @param dropped measurements that gave way to newer ones, since the start
 * @param refused records that must arrive and had no room, since the start
 * @param damaged records that could not be read back, since the start
 * @param fault why the last write failed, for people; empty after one that did not
 */
public record OutboxState(
    int mustArrive,
    int newest,
    long bytes,
    long dropped,
    long refused,
    long damaged,
    String fault) {}
