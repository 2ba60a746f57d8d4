/**
 * Energy from power: {@link io.airbox.power.energy.EnergyMeter} integrates what the machine takes,
 * and tells what any stretch of time took of it.
 */
@NullMarked
package io.airbox.power.energy;

import org.jspecify.annotations.NullMarked;
