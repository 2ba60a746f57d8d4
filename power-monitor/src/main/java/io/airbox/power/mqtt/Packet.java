package io.airbox.power.mqtt;

/** Something to publish. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Packet(String topic, byte[] payload, int qos, boolean retained) {}
