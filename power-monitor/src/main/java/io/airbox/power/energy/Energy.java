package io.airbox.power.energy;

/**
 * What a stretch of time took.
 *
 * @param joules the whole box, not the share of one program
 * @param watts the mean
 */
public record Energy(double joules, double watts) {}
