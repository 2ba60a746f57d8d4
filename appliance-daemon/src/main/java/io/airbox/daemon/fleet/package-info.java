/**
 * Tells a fleet's broker how this box does: {@link io.airbox.daemon.fleet.FleetLink} hands what the
 * sensors, alarms and jobs tell to the MQTT publisher of {@code power-monitor}.
 */
@NullMarked
package io.airbox.daemon.fleet;

import org.jspecify.annotations.NullMarked;
