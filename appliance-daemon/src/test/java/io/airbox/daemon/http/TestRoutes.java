package io.airbox.daemon.http;

import io.airbox.daemon.FakeMaker;
import io.airbox.daemon.FakePacks;
import io.airbox.daemon.FakeTrial;
import io.airbox.daemon.PackPlanner;
import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.access.Access;
import io.airbox.daemon.access.AccessOptions;
import io.airbox.daemon.access.Role;
import io.airbox.daemon.config.ConfigLoader;
import io.airbox.daemon.config.DaemonConfig;
import io.airbox.daemon.flash.FlashDesk;
import io.airbox.daemon.http.connection.ConnectionWatch;
import io.airbox.daemon.jobs.JobPlanner;
import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.JobQueueOptions;
import io.airbox.daemon.network.BoxNetwork;
import io.airbox.daemon.network.NetworkView;
import io.airbox.daemon.network.TreeStaging;
import io.airbox.daemon.pictures.PictureStore;
import io.airbox.daemon.pictures.Retention;
import io.airbox.daemon.telemetry.AlarmDesk;
import io.airbox.daemon.telemetry.Telemetry;
import io.airbox.daemon.tpu.TpuService;
import io.airbox.daemon.updates.BoxKind;
import io.airbox.daemon.updates.UpdateDesk;
import io.airbox.flasher.console.SerialPorts;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.worker.WorkerState;
import io.airbox.generation.worker.WorkerStatus;
import io.airbox.helper.HelperClient;
import io.airbox.netplan.apply.MachineClock;
import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.Time;
import io.airbox.ota.store.Disk;
import io.airbox.ota.update.Authorities;
import io.airbox.power.Ticker;
import io.airbox.power.alarm.AlarmBook;
import io.airbox.power.alarm.Suspects;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The services behind the routes, without a daemon around them. */
final class TestRoutes implements AutoCloseable {
  private final JobQueue jobs;
  private final Access access;
  private final Telemetry telemetry;
  private final AlarmDesk alarms;
  private final DaemonServices services;

  TestRoutes(Path data) throws IOException, InterruptedException {
    this(data, new PackPlanner(PackFolder.open(TestDaemon.models()), "onnx", new Random(1)));
  }

  TestRoutes(Path data, JobPlanner planner) throws IOException, InterruptedException {
    PictureStore pictures =
        PictureStore.open(data.resolve("history"), Retention.DEFAULT, InstantSource.system());
    jobs = new JobQueue(JobQueueOptions.DEFAULTS, planner, List.of(new FakeMaker()), pictures);
    WorkerStatus ready =
        new WorkerStatus(WorkerState.READY, null, null, 1, "onnx", "fake", 0, Duration.ZERO);
    access =
        Access.open(
            data, AccessOptions.DEFAULTS, InstantSource.system(), new SecureRandom(), offer -> {});
    telemetry =
        Telemetry.open(
            new Telemetry.Settings(Duration.ofSeconds(2), Duration.ofMinutes(1), 1 << 20),
            List.of(),
            data.resolve("telemetry"),
            Ticker.SYSTEM,
            InstantSource.system());
    alarms =
        new AlarmDesk(AlarmBook.open(data.resolve("alarms.json"), List.of(), Suspects.UNKNOWN));
    services =
        new DaemonServices(
            "test",
            Instant.EPOCH,
            jobs,
            pictures,
            PackFolder.open(TestDaemon.models()),
            () -> ready,
            telemetry,
            alarms,
            List::of,
            new TpuService(
                Path.of("/"),
                telemetry::sample,
                new FakePacks(),
                () -> ready,
                InstantSource.system()),
            access,
            () -> {
              throw new IllegalStateException("these routes are not served over HTTPS");
            },
            () -> "box",
            new HelperClient(data.resolve("no-helper.sock")),
            BoxNetwork.open(
                new NetworkView(data, () -> "box"),
                data.resolve("network"),
                new TreeStaging(data),
                MachineClock.of(Path.of("/")),
                access.audit()),
            new FlashDesk(data, data, SerialPorts.ofThisMachine(), InstantSource.system()),
            UpdateDesk.open(
                data.resolve("models"),
                data,
                new UpdateDesk.Box(
                    Authorities.open(null, data.resolve("trust"), Disk.real()),
                    () -> BoxKind.of(data, List.of("onnx")),
                    Instant.EPOCH),
                new FakeTrial(),
                new FakePacks(),
                DownloadOptions.USUAL,
                Time.system()),
            data);
  }

  /** A verticle of plain HTTP on a free port and the owner's socket in {@code folder}. */
  HttpVerticle verticle(Path folder) {
    DaemonConfig config = config();
    return new HttpVerticle(
        services,
        config.http(),
        config.tls(),
        List.of(new LocalSocket(folder.resolve("api.sock"), Role.OWNER, null)),
        InetAddress::isLoopbackAddress);
  }

  private static DaemonConfig config() {
    return new ConfigLoader(Map.of())
        .load(null, Map.of("http.port", "0", "https.enabled", "false"));
  }

  /** The routes as one listener has them. */
  List<Route> routes(Vertx vertx, Entrance entrance) {
    DaemonConfig config = config();
    Https https = new Https(vertx, config.tls(), config.http(), services.tls());
    ConnectionWatch watch =
        new ConnectionWatch(
            vertx,
            config.http().readTimeout(),
            config.http().idleTimeout(),
            config.http().stallTimeout());
    return new ApiRouter(
            services,
            config.http(),
            new Metrics(services),
            https,
            new AccessWork(vertx),
            new TpuWork(vertx),
            new NetworkRoutes.Ways(
                vertx.createSharedWorkerExecutor("network-plans", 1),
                vertx.createSharedWorkerExecutor("network-changes", 1),
                vertx.createSharedWorkerExecutor("network-checks", 1)),
            vertx.createSharedWorkerExecutor("sensor-history", 1),
            vertx.createSharedWorkerExecutor("flash-desk", 1),
            vertx.createSharedWorkerExecutor("updates", 1))
        .router(vertx, watch, entrance)
        .getRoutes();
  }

  DaemonServices services() {
    return services;
  }

  @Override
  public void close() throws IOException {
    alarms.close();
    telemetry.close();
    jobs.close();
    services.network().close();
    services.updates().close();
    access.close();
  }
}
