/**
 * What heat demands of the work: {@link io.airbox.power.thermal.ThermalPolicy} goes from normal to
 * warm, hot and critical and back, with the kernel's own trip points for its limits. It decides and
 * does nothing itself; fan, controller and clock are never written.
 */
@NullMarked
package io.airbox.power.thermal;

import org.jspecify.annotations.NullMarked;
