package io.airbox.daemon.fleet;

import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.QueueStatistics;
import io.airbox.daemon.telemetry.AlarmDesk;
import io.airbox.daemon.telemetry.Telemetry;
import io.airbox.generation.pack.PackFolder;
import io.airbox.power.mqtt.BoxState;
import io.airbox.power.mqtt.BoxView;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * This box as the fleet sees it.
 *
 * @param version of this software
 * @param address of its page, once it is served
 */
public record FleetView(
    String version,
    Supplier<String> hostName,
    Supplier<Optional<String>> address,
    Telemetry telemetry,
    AlarmDesk alarms,
    JobQueue jobs,
    PackFolder packs)
    implements BoxView {
  @Override
  public BoxState now() {
    Telemetry.Look look = telemetry.last();
    QueueStatistics queue = jobs.statistics();
    return new BoxState(
        hostName.get(),
        version,
        address.get(),
        Optional.of(look.sample()),
        look.heat(),
        alarms.active(),
        packs.packs().stream()
            .map(pack -> new BoxState.Pack(pack.manifest().name(), pack.manifest().version()))
            .toList(),
        telemetry.energy().joules(),
        queue.running(),
        queue.queued());
  }
}
