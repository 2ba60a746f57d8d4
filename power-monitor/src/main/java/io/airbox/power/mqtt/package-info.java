/**
 * Tells brokers what a box does. {@link io.airbox.power.mqtt.MqttPublisher} has a {@link
 * io.airbox.power.mqtt.Link}, an outbox and a thread for each {@link
 * io.airbox.power.mqtt.Protocol}: plain JSON, with Home Assistant's discovery if wanted, and
 * Sparkplug B, which needs a connection of its own for its Will.
 */
@NullMarked
package io.airbox.power.mqtt;

import org.jspecify.annotations.NullMarked;
