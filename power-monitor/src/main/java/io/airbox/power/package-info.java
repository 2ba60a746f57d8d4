/**
 * Sensors, sampling, thermal policy, energy, alarms and their publication over MQTT.
 *
 * <p>Empty until telemetry lands; {@code docs/adr/0001-modules.md} says what belongs here.
 */
@NullMarked
package io.airbox.power;

import org.jspecify.annotations.NullMarked;
