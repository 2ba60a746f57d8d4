package io.airbox.power.alarm;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * An alarm was raised or cleared.
 *
 * @param alarm as it was raised
 * @param raised or else cleared
 * @param at by the wall clock, which may be wrong
 * @param reason for people; of the clearing, when it is that
 * @param value at that time; empty when unknown
 */
public record AlarmEvent(
    Alarm alarm, boolean raised, Instant at, String reason, OptionalDouble value) {
  /** Of this event alone, however often it is told. */
  public String id() {
    return alarm.occurrence() + "-" + transition();
  }

  /** {@code raised} or {@code cleared}. */
  public String transition() {
    return raised ? "raised" : "cleared";
  }
}
