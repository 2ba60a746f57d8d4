package io.airbox.daemon.http;

import io.airbox.daemon.config.HttpConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Serves everything on a loopback port and on the local socket. When the port is taken it says by
 * whom and takes the next one.
 */
public final class HttpVerticle extends VerticleBase {
  /** The longest path of a Unix socket that every supported kernel takes. */
  private static final int LONGEST_SOCKET_PATH = 107;

  private final DaemonServices services;
  private final HttpConfig config;
  private final Path socket;
  private final Metrics metrics;
  private int port;
  private boolean socketBound;

  /**
   * A verticle that is not deployed yet.
   *
   * @param socket where the local socket is made
   */
  public HttpVerticle(DaemonServices services, HttpConfig config, Path socket) {
    this.services = services;
    this.config = config;
    this.socket = socket;
    this.metrics = new Metrics(services);
  }

  /** The port that is served, once deployed. */
  public int port() {
    return port;
  }

  /** While deployed, runs a task after each pause on the event loop that serves HTTP. */
  public void every(Duration pause, Runnable task) {
    context.runOnContext(now -> vertx.setPeriodic(pause.toMillis(), id -> task.run()));
  }

  @Override
  public Future<?> start() {
    ApiRouter routes = new ApiRouter(services, config, metrics);
    return listen(routes, config.port(), config.portAttempts())
        .compose(server -> listenOnSocket(routes));
  }

  @Override
  public Future<?> stop() {
    metrics.close();
    if (!socketBound) {
      return Future.succeededFuture();
    }
    return vertx.executeBlocking(() -> Files.deleteIfExists(socket), false);
  }

  private Future<HttpServer> listen(ApiRouter routes, int wanted, int attempts) {
    HttpServer server = server(routes, true);
    return server
        .listen(wanted, config.host())
        .onSuccess(bound -> port = bound.actualPort())
        .recover(
            error -> {
              if (!(error instanceof BindException) || attempts == 0 || wanted >= 65_535) {
                return Future.failedFuture(
                    new IOException(
                        String.format(
                            Locale.ROOT,
                            "cannot listen on %s:%d: %s",
                            config.host(),
                            wanted,
                            error.getMessage()),
                        error));
              }
              return vertx
                  .executeBlocking(() -> PortOwner.of(wanted), false)
                  .compose(
                      owner -> {
                        Logger.warn(
                            "port {} is taken{}, trying {}",
                            wanted,
                            owner.map(name -> " by " + name).orElse(""),
                            wanted + 1);
                        return listen(routes, wanted + 1, attempts - 1);
                      });
            });
  }

  private Future<?> listenOnSocket(ApiRouter routes) {
    String path = socket.toString();
    if (path.getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET_PATH) {
      Logger.warn(
          "{} is too long a path for a socket ({} bytes at most): the command line will need --host;"
              + " a shorter --data helps",
          socket,
          LONGEST_SOCKET_PATH);
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(() -> Files.deleteIfExists(socket), false)
        .compose(stale -> server(routes, false).listen(SocketAddress.domainSocketAddress(path)))
        .compose(bound -> vertx.executeBlocking(this::protect, false))
        .onSuccess(nothing -> socketBound = true);
  }

  private @Nullable Void protect() throws IOException {
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    return null;
  }

  private HttpServer server(ApiRouter routes, boolean guarded) {
    ConnectionWatch connections = new ConnectionWatch(vertx, config.idleTimeout());
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setMaxInitialLineLength(8192)
                .setMaxHeaderSize(16_384)
                // no browser speaks it, and with it a silent connection would go unnoticed
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(true)
                .setCompressionSupported(false))
        .connectionHandler(connections::opened)
        .requestHandler(routes.router(vertx, connections, guarded));
  }
}
