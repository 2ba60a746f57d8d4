package io.airbox.power.thermal;

/**
 * What holds now.
 *
 * @param sinceNanos since when, by the clock of the samples
 * @param reason for the owner of a job that waits; empty while normal
 */
public record Decision(ThermalState state, long sinceNanos, String reason) {}
