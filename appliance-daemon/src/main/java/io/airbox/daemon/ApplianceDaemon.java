package io.airbox.daemon;

import io.airbox.daemon.config.DaemonConfig;
import io.airbox.daemon.http.DaemonServices;
import io.airbox.daemon.http.HttpVerticle;
import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.JobQueueOptions;
import io.airbox.daemon.pictures.DataLock;
import io.airbox.daemon.pictures.PictureStore;
import io.airbox.daemon.pictures.Retention;
import io.airbox.daemon.systemd.ServiceNotifier;
import io.airbox.generation.PictureMaker;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.worker.EngineWorker;
import io.airbox.generation.worker.WorkerOptions;
import io.airbox.generation.worker.WorkerStatus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The composition root: makes every part of the daemon, starts them in order and stops them in
 * reverse. Nothing else knows all of them.
 */
public final class ApplianceDaemon {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long a step of the start may take on a slow machine until the service manager gives up. */
  private static final Duration SLOW_STEP = Duration.ofMinutes(2);

  private static final JobQueueOptions JOBS = JobQueueOptions.DEFAULTS;

  /** Room that the socket of the engine's worker needs below its folder. */
  private static final int LONGEST_RUN_FOLDER = 70;

  private final DaemonConfig config;
  private final Places places;
  private final ServiceNotifier notifier;
  private final LifeCycle life = new LifeCycle();
  private @Nullable HttpVerticle http;

  /** A daemon that is not started yet, and no service manager that wants to know of it. */
  public ApplianceDaemon(DaemonConfig config, Places places) {
    this(config, places, ServiceNotifier.silent());
  }

  /**
   * A daemon that is not started yet.
   *
   * @param notifier is told how it goes, and closed with the daemon
   */
  public ApplianceDaemon(DaemonConfig config, Places places, ServiceNotifier notifier) {
    this.config = config;
    this.places = places;
    this.notifier = notifier;
  }

  /**
   * Starts everything with the real engine worker.
   *
   * @throws io.airbox.daemon.pictures.DataLockedException another process works on the same data
   * @throws Exception something else did not start; what had started is stopped again
   */
  public void start() throws Exception {
    start(this::startWorker);
  }

  /** Makes the pictures, and says how it does. */
  record Maker(PictureMaker maker, Supplier<WorkerStatus> status) {}

  /** Starts what makes the pictures. */
  @FunctionalInterface
  interface MakerStart {
    Maker start() throws Exception;
  }

  void start(MakerStart makerStart) throws Exception {
    life.starting();
    try {
      Instant began = Instant.now();
      life.started("notifier", notifier, notifier::close);
      notifier.starting("reading packs and pictures", SLOW_STEP);
      InstantSource clock = InstantSource.system();
      DataLock lock = DataLock.acquire(places.data(), clock);
      life.started("lock", lock, lock::close);

      PackFolder packs = PackFolder.open(places.models().toArray(Path[]::new));
      report(packs);
      PictureStore pictures = PictureStore.open(places.data().resolve("history"), kept(), clock);

      notifier.starting("starting the engine and the network", SLOW_STEP);
      Maker maker = makerStart.start();
      JobQueue jobs =
          new JobQueue(
              new JobQueueOptions(
                  config.jobs().queueLimit(),
                  config.jobs().ownerLimit(),
                  JOBS.keepEnded(),
                  JOBS.maxEnded(),
                  Duration.ofSeconds(5)),
              new PackPlanner(packs, engine(), new SecureRandom()),
              List.of(maker.maker()),
              pictures);
      life.started("jobs", jobs, jobs::close);

      Vertx vertx = Vertx.vertx(eventLoops());
      life.started("vertx", vertx, () -> await(vertx.close()));
      HttpVerticle verticle =
          new HttpVerticle(
              new DaemonServices(Version.current(), began, jobs, pictures, packs, maker.status()),
              config.http(),
              places.socket());
      await(vertx.deployVerticle(verticle));
      http = verticle;
      life.started();
      notifier.watch(verticle::every);
      notifier.ready("serving " + url());
    } catch (Exception e) {
      try {
        life.stop();
      } catch (IllegalStateException inTurn) {
        e.addSuppressed(inTurn);
      }
      throw e;
    }
  }

  /** The engine whose files a pack has to have; auto is the CPU as long as there is no other. */
  private String engine() {
    return config.engine().kind().equals("auto") ? "onnx" : config.engine().kind();
  }

  private Maker startWorker() throws Exception {
    Path cache = Files.createDirectories(places.data().resolve("cache"));
    WorkerOptions usual =
        WorkerOptions.of(
            config.engine().kind(), places.models(), cache, config.engine().threads(), runFolder());
    List<String> options = new ArrayList<>(usual.jvmOptions());
    options.addAll(places.engineOptions());
    EngineWorker worker =
        EngineWorker.start(
            new WorkerOptions(
                usual.mainClass(),
                usual.arguments(),
                options,
                usual.runFolder(),
                usual.startTimeout(),
                usual.cancelTimeout(),
                usual.heartbeat(),
                usual.heartbeatTimeout(),
                usual.firstBackOff(),
                usual.maxBackOff()));
    life.started("engine worker", worker, worker::close);
    return new Maker(worker, worker::status);
  }

  /** Below DATA, unless that makes the path of a socket too long for the kernel. */
  private Path runFolder() throws IOException {
    Path folder = places.data().resolve("run");
    return folder.toString().length() <= LONGEST_RUN_FOLDER
        ? folder
        : Files.createTempDirectory("airbox");
  }

  private Retention kept() {
    Duration age = config.pictures().keepFor();
    return new Retention(
        age.isZero() ? Duration.ofMillis(1) : age,
        Math.max(1, config.pictures().keepBytes().bytes()));
  }

  private static void report(PackFolder packs) {
    if (packs.packs().isEmpty()) {
      Logger.warn("no usable model pack is installed; `airbox models import` adds one");
    }
    for (PackFolder.BrokenPack broken : packs.broken()) {
      Logger.warn("pack {} cannot be used: {}", broken.folder(), broken.problems());
    }
  }

  private static VertxOptions eventLoops() {
    return new VertxOptions()
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(4)
        .setInternalBlockingPoolSize(2)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setClassPathResolvingEnabled(false)
                .setFileCachingEnabled(false));
  }

  private static void await(Future<?> future) throws Exception {
    try {
      future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer within " + PATIENCE.toSeconds() + " s", e);
    }
  }

  /** Where the page is; known once started. */
  public String url() {
    HttpVerticle started = http;
    if (started == null) {
      throw new IllegalStateException("the daemon is " + life.state());
    }
    String host = config.http().host();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + started.port() + "/";
  }

  /**
   * Stops everything. Stopping twice is allowed.
   *
   * @throws IllegalStateException with every failure as a suppressed one; the rest has stopped
   */
  public void stop() {
    notifier.stopping();
    life.stop();
  }
}
