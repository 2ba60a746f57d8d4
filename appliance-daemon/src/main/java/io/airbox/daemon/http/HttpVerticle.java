package io.airbox.daemon.http;

import io.airbox.daemon.config.HttpConfig;
import io.airbox.daemon.config.TlsConfig;
import io.airbox.daemon.http.connection.ConnectionWatch;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Serves everything over HTTP, HTTPS and the local sockets, on one event loop. */
public final class HttpVerticle extends VerticleBase {
  private final DaemonServices services;
  private final HttpConfig config;
  private final TlsConfig tls;
  private final List<LocalSocket> sockets;
  private final Predicate<InetAddress> near;
  private final Metrics metrics;
  private final List<SocketListener> listeners = new ArrayList<>();
  private final CompletableFuture<Integer> httpsPort = new CompletableFuture<>();
  private @Nullable ConnectionWatch connections;
  private int port;

  /**
   * A verticle that is not deployed yet.
   *
   * @param sockets the local sockets
   * @param near which remote addresses of plain HTTP are this machine's own
   */
  public HttpVerticle(
      DaemonServices services,
      HttpConfig config,
      TlsConfig tls,
      List<LocalSocket> sockets,
      Predicate<InetAddress> near) {
    this.services = services;
    this.config = config;
    this.tls = tls;
    this.sockets = List.copyOf(sockets);
    this.near = near;
    this.metrics = new Metrics(services);
  }

  /** The port of plain HTTP, once deployed. */
  public int port() {
    return port;
  }

  /** The port of HTTPS, when its listener is up; 0 when it is not served. Never fails. */
  public CompletionStage<Integer> httpsPort() {
    return httpsPort.minimalCompletionStage();
  }

  /** While deployed, runs a task after each pause on the event loop that serves HTTP. */
  public void every(Duration pause, Runnable task) {
    context.runOnContext(now -> vertx.setPeriodic(pause.toMillis(), id -> task.run()));
  }

  @Override
  public Future<?> start() {
    ConnectionWatch watch =
        new ConnectionWatch(
            vertx, config.readTimeout(), config.idleTimeout(), config.stallTimeout());
    connections = watch;
    Https https = new Https(vertx, tls, config, services.tls());
    ApiRouter routes =
        new ApiRouter(
            services,
            config,
            metrics,
            https,
            new AccessWork(vertx),
            new TpuWork(vertx),
            new NetworkRoutes.Ways(
                vertx.createSharedWorkerExecutor("network-plans", 1),
                vertx.createSharedWorkerExecutor("network-changes", 2),
                vertx.createSharedWorkerExecutor("network-checks", 1)),
            vertx.createSharedWorkerExecutor("sensor-history", 1),
            vertx.createSharedWorkerExecutor("flash-desk", 1),
            vertx.createSharedWorkerExecutor("updates", 2));
    new AddressFollower(vertx, services.network(), https).start();
    Entrance plain = Entrance.http(near);
    return Ports.listen(
            vertx,
            () -> server(options(), routes, watch, plain),
            config.host(),
            config.port(),
            config.portAttempts())
        .onSuccess(server -> port = server.actualPort())
        .compose(server -> listenOnSockets(routes, watch))
        .onSuccess(
            all ->
                https
                    .start(options -> server(options, routes, watch, Entrance.https()))
                    .onComplete(ended -> httpsPort.complete(https.address().port())))
        .onFailure(error -> httpsPort.complete(0));
  }

  @Override
  public Future<?> stop() {
    httpsPort.complete(0);
    metrics.close();
    ConnectionWatch watch = connections;
    if (watch != null) {
      watch.close();
    }
    return Future.all(listeners.stream().map(SocketListener::close).toList());
  }

  private Future<?> listenOnSockets(ApiRouter routes, ConnectionWatch watch) {
    List<Future<?>> all = new ArrayList<>();
    for (LocalSocket socket : sockets) {
      SocketListener listener = new SocketListener(vertx, socket);
      listeners.add(listener);
      all.add(listener.listen(server(options(), routes, watch, Entrance.socket(socket.role()))));
    }
    return Future.all(all);
  }

  static HttpServerOptions options() {
    return new HttpServerOptions()
        .setMaxInitialLineLength(8192)
        .setMaxHeaderSize(16_384)
        // with HTTP/2 a silent connection would go unnoticed
        .setHttp2ClearTextEnabled(false)
        .setHandle100ContinueAutomatically(true)
        .setCompressionSupported(false);
  }

  private HttpServer server(
      HttpServerOptions options, ApiRouter routes, ConnectionWatch watch, Entrance entrance) {
    return vertx
        .createHttpServer(options)
        .connectionHandler(watch::opened)
        .invalidRequestHandler(HeadGuard::refuse)
        .requestHandler(routes.router(vertx, watch, entrance));
  }
}
