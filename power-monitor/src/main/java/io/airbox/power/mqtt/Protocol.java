package io.airbox.power.mqtt;

import io.airbox.power.outbox.OutboxRecord;
import java.io.IOException;
import java.util.List;

/** What one connection says and hears. Called by the connection's thread alone. */
interface Protocol {
  /** For thread names, folders and the log, as {@code json}. */
  String name();

  /** What the broker says when the connection is lost. Asked before each connect. */
  Packet will() throws IOException;

  /** Topics to subscribe to, with QoS 1, before anything is said. */
  List<String> topics();

  /** What to say first, now that the connection is there and the topics are subscribed to. */
  List<Packet> connected();

  /** Whether anything but what was said first may be said yet. */
  boolean speaks();

  /** What to say each interval, and when something has changed. */
  List<Packet> state();

  /**
   * What to say for a record.
   *
   * @param late it was not sent when it was new
   */
  List<Packet> packets(OutboxRecord record, boolean late);

  /** Hears something; what to say to that. */
  List<Packet> received(String topic, byte[] payload, boolean retained);

  /** Whether it wants the connection to end, after what it said last. */
  boolean ends();

  /** What to say before an intended end. */
  List<Packet> farewell();
}
