package io.airbox.daemon;

import io.airbox.daemon.access.Access;
import io.airbox.daemon.access.AccessOptions;
import io.airbox.daemon.access.ClaimAnnouncer;
import io.airbox.daemon.access.Role;
import io.airbox.daemon.config.AccessConfig;
import io.airbox.daemon.config.DaemonConfig;
import io.airbox.daemon.config.SocketConfig;
import io.airbox.daemon.config.TelemetryConfig;
import io.airbox.daemon.flash.FlashDesk;
import io.airbox.daemon.fleet.FleetLink;
import io.airbox.daemon.fleet.FleetOrders;
import io.airbox.daemon.fleet.FleetUpdates;
import io.airbox.daemon.fleet.FleetView;
import io.airbox.daemon.fleet.WebhookLink;
import io.airbox.daemon.http.DaemonServices;
import io.airbox.daemon.http.HttpVerticle;
import io.airbox.daemon.http.LocalSocket;
import io.airbox.daemon.http.connection.LimitedTransport;
import io.airbox.daemon.jobs.JobQueue;
import io.airbox.daemon.jobs.JobQueueOptions;
import io.airbox.daemon.network.BoxNetwork;
import io.airbox.daemon.network.NetplanFiles;
import io.airbox.daemon.network.NetworkView;
import io.airbox.daemon.pictures.DataLock;
import io.airbox.daemon.pictures.PictureStore;
import io.airbox.daemon.pictures.Retention;
import io.airbox.daemon.systemd.ServiceNotifier;
import io.airbox.daemon.telemetry.AlarmDesk;
import io.airbox.daemon.telemetry.Delivery;
import io.airbox.daemon.telemetry.HeatGuard;
import io.airbox.daemon.telemetry.Telemetry;
import io.airbox.daemon.telemetry.TelemetryVerticle;
import io.airbox.daemon.tls.BoxTls;
import io.airbox.daemon.tls.CertificateDescription;
import io.airbox.daemon.tls.InetNames;
import io.airbox.daemon.tls.SystemNames;
import io.airbox.daemon.tls.TlsPolicy;
import io.airbox.daemon.tpu.LoadedPacks;
import io.airbox.daemon.tpu.TpuService;
import io.airbox.daemon.updates.BoxKind;
import io.airbox.daemon.updates.EngineTrial;
import io.airbox.daemon.updates.UpdateDesk;
import io.airbox.flasher.console.SerialPorts;
import io.airbox.generation.PictureMaker;
import io.airbox.generation.pack.PackFolder;
import io.airbox.generation.worker.EngineWorker;
import io.airbox.generation.worker.WorkerStatus;
import io.airbox.helper.HelperClient;
import io.airbox.netplan.apply.MachineClock;
import io.airbox.netplan.staging.NetworkStaging;
import io.airbox.ota.download.Time;
import io.airbox.ota.store.Disk;
import io.airbox.ota.update.Authorities;
import io.airbox.ota.update.Trial;
import io.airbox.power.Ticker;
import io.airbox.power.alarm.AlarmBook;
import io.airbox.power.alarm.Processes;
import io.airbox.power.alarm.StandardRules;
import io.airbox.power.mqtt.MqttSettings;
import io.airbox.power.sensor.Sensors;
import io.airbox.power.webhook.WebhookSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
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

  /** Pause between looks at what time asks for: claim codes, sessions, counters. */
  private static final Duration TICK = Duration.ofSeconds(10);

  private static final JobQueueOptions JOBS = JobQueueOptions.DEFAULTS;

  private final DaemonConfig config;
  private final Places places;
  private final EngineSetup engine;
  private final ServiceNotifier notifier;
  private final ClaimAnnouncer announcer;
  private final SystemNames names = new SystemNames();
  private final LifeCycle life = new LifeCycle();
  private volatile @Nullable HttpVerticle http;
  private volatile @Nullable BoxTls tls;

  /**
   * A daemon that is not started yet.
   *
   * @param notifier is told how it goes, and closed with the daemon
   * @param announcer tells whoever is at the box how to claim it
   */
  public ApplianceDaemon(
      DaemonConfig config, Places places, ServiceNotifier notifier, ClaimAnnouncer announcer) {
    this.config = config;
    this.places = places;
    this.engine = new EngineSetup(config, places);
    this.notifier = notifier;
    this.announcer = announcer;
  }

  /**
   * Starts everything with the real engine worker.
   *
   * @throws io.airbox.daemon.pictures.DataLockedException another process works on the same data
   * @throws Exception something else did not start; what had started is stopped again
   */
  public void start() throws Exception {
    start(
        this::startWorker,
        InetAddress::isLoopbackAddress,
        helper -> helper.networkStaging(config.sysroot()));
  }

  /**
   * Makes the pictures, says how it does, keeps packs in memory, rests after steps, and tries packs
   * that are to be installed.
   */
  record Maker(
      PictureMaker maker,
      Supplier<WorkerStatus> status,
      LoadedPacks packs,
      Consumer<Duration> pace,
      Trial trial) {}

  /** Starts what makes the pictures. */
  @FunctionalInterface
  interface MakerStart {
    Maker start() throws Exception;
  }

  /**
   * Starts everything.
   *
   * @param near which remote addresses of plain HTTP are this machine's own
   * @param staging the side of network changes that has root
   */
  void start(
      MakerStart makerStart,
      Predicate<InetAddress> near,
      Function<HelperClient, NetworkStaging> staging)
      throws Exception {
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

      Telemetry telemetry =
          Telemetry.open(
              settings(config.telemetry()),
              Sensors.of(config.sysroot(), Ticker.SYSTEM),
              places.data().resolve("telemetry"),
              Ticker.SYSTEM,
              clock);
      life.started("telemetry", telemetry, telemetry::close);

      notifier.starting("starting the engine and the network", SLOW_STEP);
      Maker maker = makerStart.start();
      Access access =
          Access.open(
              places.data(), options(config.access()), clock, new SecureRandom(), announcer);
      life.started("access", access, access::close);
      JobQueue jobs =
          new JobQueue(
              new JobQueueOptions(
                  config.jobs().queueLimit(),
                  config.jobs().ownerLimit(),
                  JOBS.keepEnded(),
                  JOBS.maxEnded(),
                  Duration.ofSeconds(5)),
              new PackPlanner(
                  packs, () -> engine.engines(maker.status().get().engine()), new SecureRandom()),
              List.of(maker.maker()),
              pictures,
              telemetry.energy()::upTo);
      life.started("jobs", jobs, jobs::close);
      HeatGuard guard =
          new HeatGuard(jobs, config.jobs().queueLimit(), maker.packs(), maker.pace());
      life.started("heat guard", guard, guard::close);
      guard.looked(telemetry.last());
      telemetry.listen(guard);
      UpdateDesk updates =
          UpdateDesk.open(
              places.models().get(places.models().size() - 1),
              places.data(),
              new UpdateDesk.Box(
                  Authorities.open(places.trust(), places.data().resolve("trust"), Disk.real()),
                  () -> BoxKind.of(config.sysroot(), engine.engines(maker.status().get().engine())),
                  Version.built()),
              maker.trial(),
              maker.packs(),
              config.updates().options(),
              Time.system());
      life.started("updates", updates, updates::close);

      AlarmDesk alarms = new AlarmDesk(alarmBook());
      life.started("alarms", alarms, alarms::close);
      // before the desk's first look: without a round it settles what the last run left
      List<Delivery.Source> told =
          tell(telemetry, alarms, jobs, packs, maker.status(), updates, clock);
      alarms.looked(telemetry.last());
      telemetry.listen(alarms); // after the guard, which must not wait

      HelperClient helper = new HelperClient(config.helper());
      BoxNetwork network =
          BoxNetwork.open(
              new NetworkView(
                  config.sysroot(), names::hostName, new NetplanFiles(config.sysroot(), helper)),
              places.data().resolve("network"),
              staging.apply(helper),
              MachineClock.of(Path.of("/")),
              access.audit());
      life.started("network", network, network::close);

      FlashDesk flash =
          new FlashDesk(places.data(), config.sysroot(), SerialPorts.ofThisMachine(), clock);
      life.started("flash desk", flash, flash::close);

      TlsPolicy.refuseRenegotiation();
      Vertx vertx =
          Vertx.builder()
              .with(eventLoops())
              .withTransport(
                  LimitedTransport.of(
                      config.http().connections(), config.http().addressConnections()))
              .build();
      life.started("vertx", vertx, () -> await(vertx.close(), PATIENCE));
      await(vertx.deployVerticle(new TelemetryVerticle(telemetry, Ticker.SYSTEM)), SLOW_STEP);
      HttpVerticle verticle =
          new HttpVerticle(
              new DaemonServices(
                  Version.current(),
                  began,
                  jobs,
                  pictures,
                  packs,
                  maker.status(),
                  telemetry,
                  alarms,
                  () -> told.stream().flatMap(each -> each.deliveries().stream()).toList(),
                  new TpuService(
                      config.sysroot(), telemetry::sample, maker.packs(), maker.status(), clock),
                  access,
                  () -> openTls(clock),
                  names::hostName,
                  helper,
                  network,
                  flash,
                  updates,
                  config.sysroot()),
              config.http(),
              config.tls(),
              sockets(),
              near);
      await(vertx.deployVerticle(verticle), SLOW_STEP);
      vertx.setPeriodic(TICK.toMillis(), id -> tick(vertx, access));
      http = verticle;
      // before HTTP: whoever waits for a job is told its end
      life.started("job runners", jobs, jobs::close);
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

  private static AccessOptions options(AccessConfig config) {
    AccessOptions usual = AccessOptions.DEFAULTS;
    return new AccessOptions(
        usual.claimCodeLife(),
        config.sessionIdle(),
        config.sessionLimit(),
        usual.sessions(),
        config.guestJobsPerMinute(),
        usual.auditBytes(),
        usual.auditFiles(),
        usual.passphraseCost());
  }

  /** Begins to tell whoever the settings name; before the rounds begin all of them are made. */
  private List<Delivery.Source> tell(
      Telemetry telemetry,
      AlarmDesk alarms,
      JobQueue jobs,
      PackFolder packs,
      Supplier<WorkerStatus> worker,
      UpdateDesk updates,
      InstantSource clock)
      throws Exception {
    Optional<MqttSettings> broker = config.mqtt().settings(names.hostName());
    Optional<WebhookSettings> hook =
        config
            .webhook()
            .settings(
                config.mqtt().site(),
                config.mqtt().box(names.hostName()),
                "airbox/" + Version.current());
    Optional<AlarmDesk.Round> toBroker = broker.map(each -> alarms.round("the broker"));
    Optional<AlarmDesk.Round> toHook = hook.map(each -> alarms.round("the webhook"));
    List<Delivery.Source> told = new ArrayList<>();
    if (broker.isPresent() && toBroker.isPresent()) {
      FleetView view =
          new FleetView(
              Version.current(),
              names::hostName,
              () -> http == null ? Optional.empty() : Optional.of(url()),
              telemetry,
              alarms,
              jobs,
              packs);
      FleetUpdates ordered =
          new FleetUpdates(
              updates, config.mqtt().updateOrigins(), places.data().resolve("updates"), clock);
      life.started("fleet updates", ordered, ordered::close);
      FleetLink link =
          FleetLink.open(
              broker.get(),
              config.mqtt().commandKey(),
              places.data().resolve("outbox"),
              view,
              new FleetOrders(Version.current(), worker, ordered),
              toBroker.get(),
              ordered,
              clock);
      life.started("mqtt", link, link::close);
      telemetry.listen(link);
      told.add(link);
    }
    if (hook.isPresent() && toHook.isPresent()) {
      WebhookLink link =
          WebhookLink.open(hook.get(), places.data().resolve("webhook"), toHook.get(), clock);
      life.started("webhook", link, link::close);
      telemetry.listen(link);
      told.add(link);
    }
    return told;
  }

  private AlarmBook alarmBook() throws IOException {
    return AlarmBook.open(
        places.data().resolve("alarms").resolve("alarms.json"),
        StandardRules.of(config.telemetry().powerLimit()),
        new Processes(config.sysroot()));
  }

  private static Telemetry.Settings settings(TelemetryConfig config) {
    return new Telemetry.Settings(
        config.interval(), config.recent(), config.historyBytes().bytes());
  }

  private static void tick(Vertx vertx, Access access) {
    vertx.executeBlocking(
        () -> {
          access.tick();
          return true;
        },
        true);
  }

  private BoxTls openTls(InstantSource clock) {
    BoxTls opened = BoxTls.open(places.data().resolve("keys"), names, config.http().names(), clock);
    tls = opened;
    return opened;
  }

  /** The owner's socket always, the others where a group is named. */
  private List<LocalSocket> sockets() {
    SocketConfig sockets = config.sockets();
    Path named = sockets.folder();
    Path folder = named == null ? places.data() : named;
    List<LocalSocket> all = new ArrayList<>();
    all.add(new LocalSocket(folder.resolve("api.sock"), Role.OWNER, sockets.ownerGroup()));
    String operators = sockets.operatorGroup();
    if (operators != null) {
      all.add(new LocalSocket(folder.resolve("api-operator.sock"), Role.OPERATOR, operators));
    }
    String users = sockets.userGroup();
    if (users != null) {
      all.add(new LocalSocket(folder.resolve("api-user.sock"), Role.USER, users));
    }
    return all;
  }

  private Maker startWorker() throws Exception {
    EngineWorker worker = engine.start(places.models(), engine.runFolder("run"));
    life.started("engine worker", worker, worker::close);
    return new Maker(
        worker,
        worker::status,
        new WorkerPacks(worker),
        worker::pace,
        new EngineTrial(engine.runFolder("trial"), engine::start, worker));
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

  private static void await(Future<?> future, Duration patience) throws Exception {
    try {
      future.toCompletionStage().toCompletableFuture().get(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer within " + patience.toSeconds() + " s", e);
    }
  }

  /** Where the page is; known once started. */
  public String url() {
    return urls().get(0);
  }

  /** Every address under which the page is over plain HTTP, the nearest first; once started. */
  public List<String> urls() {
    int port = verticle().port();
    return hosts().stream().map(host -> "http://" + host + ":" + port + "/").toList();
  }

  /**
   * Every address under which the page is over HTTPS, the nearest first; empty when HTTPS is not
   * served. Comes when its listener is up, and never fails.
   */
  public CompletionStage<List<String>> httpsUrls() {
    return verticle()
        .httpsPort()
        .thenApply(
            port ->
                port == 0
                    ? List.of()
                    : hosts().stream().map(host -> "https://" + host + ":" + port + "/").toList());
  }

  /** What HTTPS shows; empty until it is served. */
  public Optional<CertificateDescription> certificate() {
    BoxTls opened = tls;
    return opened == null ? Optional.empty() : opened.description();
  }

  private HttpVerticle verticle() {
    HttpVerticle started = http;
    if (started == null) {
      throw new IllegalStateException("the daemon is " + life.state());
    }
    return started;
  }

  /** As in an URL: the configured address; for all addresses those that somebody would type. */
  private List<String> hosts() {
    String host = config.http().host();
    if (!host.equals("0.0.0.0") && !host.equals("::")) {
      return List.of(host.contains(":") ? "[" + host + "]" : host);
    }
    List<String> hosts = new ArrayList<>();
    hosts.add("127.0.0.1");
    names.read().addresses().stream()
        .map(InetNames.LocalAddress::address)
        .filter(address -> address instanceof Inet4Address)
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .forEach(address -> hosts.add(address.getHostAddress()));
    return hosts;
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
