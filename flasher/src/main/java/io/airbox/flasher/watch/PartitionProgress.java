package io.airbox.flasher.watch;

/**
 * How far a partition is.
 *
 * @param partition name of its script; empty when nobody said it
 * @param blocks how many are written in all; without a plan, how many were seen to be written
 * @param chunks number of its chunks; without a plan as their names tell
 * @param done how much was seen to be written, 0…1, with the chunk that is worked on
 * @param unseen how much has gone by unseen, 0…1: before the watch began, or in lost lines
 * @param wrong whether a write failed or cannot be right
 */
public record PartitionProgress(
    String partition, long blocks, int chunks, double done, double unseen, boolean wrong) {}
