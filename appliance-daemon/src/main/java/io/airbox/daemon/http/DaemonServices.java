package io.airbox.daemon.http;

import io.airbox.daemon.access.Access;
import io.airbox.daemon.flash.FlashDesk;
import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.network.BoxNetwork;
import io.airbox.daemon.pictures.PictureStore;
import io.airbox.daemon.telemetry.AlarmDesk;
import io.airbox.daemon.telemetry.Delivery;
import io.airbox.daemon.telemetry.Telemetry;
import io.airbox.daemon.tls.BoxTls;
import io.airbox.daemon.tpu.TpuService;
import io.airbox.daemon.updates.UpdateDesk;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.worker.WorkerStatus;
import io.airbox.helper.HelperClient;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * What the HTTP edge serves.
 *
 * @param version the daemon's version
 * @param started when the daemon started
 * @param jobs the queue
 * @param pictures the gallery
 * @param packs installed packs
 * @param worker how the engine's process is now
 * @param telemetry what the sensors tell
 * @param alarms what is wrong
 * @param deliveries how others are told
 * @param tpu the device and what is in its memory
 * @param access who may do what
 * @param tls takes up the TLS identity; called once, on a worker thread, after plain HTTP is up
 * @param hostName the machine's name now; quick
 * @param helper does what needs root
 * @param network the box's own network
 * @param flash follows other boxes' flashes
 * @param updates installs packs by signed release
 * @param sysroot prefix of every path of the system that is read
 */
public record DaemonServices(
    String version,
    Instant started,
    JobQueue jobs,
    PictureStore pictures,
    PackFolder packs,
    Supplier<WorkerStatus> worker,
    Telemetry telemetry,
    AlarmDesk alarms,
    Delivery.Source deliveries,
    TpuService tpu,
    Access access,
    Callable<BoxTls> tls,
    Supplier<String> hostName,
    HelperClient helper,
    BoxNetwork network,
    FlashDesk flash,
    UpdateDesk updates,
    Path sysroot) {}
