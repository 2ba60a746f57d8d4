package io.airbox.power.mqtt;

import io.airbox.power.Sample;
import io.airbox.power.alarm.Alarm;
import io.airbox.power.thermal.Decision;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a box tells of itself.
 *
 * @param name for people
 * @param software its version
 * @param address of its page; empty when unknown
 * @param sample the newest; empty before the first
 * @param joules since the start; empty when unknown
 */
public record BoxState(
    String name,
    String software,
    Optional<String> address,
    Optional<Sample> sample,
    Decision heat,
    List<Alarm> alarms,
    List<Pack> packs,
    OptionalDouble joules,
    int jobsRunning,
    int jobsWaiting) {
  /** An installed model pack. */
  public record Pack(String name, String version) {}
}
