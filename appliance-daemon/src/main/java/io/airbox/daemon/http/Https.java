package io.airbox.daemon.http;

import io.airbox.daemon.config.HttpConfig;
import io.airbox.daemon.config.TlsConfig;
import io.airbox.daemon.tls.BoxTls;
import io.airbox.daemon.tls.TlsIdentity;
import io.airbox.daemon.tls.TlsPolicy;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The HTTPS listener with the box's present certificate. It comes up after plain HTTP, so that
 * making a key does not delay the start, and takes another certificate while connections go on.
 * Used on one event loop.
 */
final class Https {
  private static final long HANDSHAKE_SECONDS = 10;
  private static final long FOLLOW_MILLIS = TimeUnit.MINUTES.toMillis(1);

  private final Vertx vertx;
  private final TlsConfig config;
  private final HttpConfig http;
  private final Callable<BoxTls> opening;
  private final HttpsAddress address = new HttpsAddress();
  private @Nullable BoxTls tls;
  private @Nullable HttpServer server;
  private @Nullable Function<HttpServerOptions, HttpServer> servers;

  Https(Vertx vertx, TlsConfig config, HttpConfig http, Callable<BoxTls> opening) {
    this.vertx = vertx;
    this.config = config;
    this.http = http;
    this.opening = opening;
  }

  HttpsAddress address() {
    return address;
  }

  /** The certificates; empty while they are being taken up, or when HTTPS is switched off. */
  Optional<BoxTls> tls() {
    return Optional.ofNullable(tls);
  }

  /** Why HTTPS is not served. */
  String whyOff() {
    if (!config.enabled()) {
      return "HTTPS is switched off (https.enabled)";
    }
    return tls().flatMap(BoxTls::whyOff).orElse("HTTPS is not up yet");
  }

  /**
   * Takes up the certificate and listens. Does not fail: what is wrong is logged, and the daemon
   * serves plain HTTP and its sockets.
   *
   * @param making makes a server with its handlers
   */
  Future<?> start(Function<HttpServerOptions, HttpServer> making) {
    if (!config.enabled()) {
      return Future.succeededFuture();
    }
    servers = making;
    vertx.setPeriodic(FOLLOW_MILLIS, id -> follow());
    return vertx
        .executeBlocking(opening, false)
        .compose(
            opened -> {
              tls = opened;
              return renew();
            })
        .onFailure(error -> Logger.error(error, "HTTPS is not served"))
        .otherwiseEmpty();
  }

  private void follow() {
    BoxTls known = tls;
    if (known != null) {
      vertx
          .executeBlocking(known::follow, false)
          .compose(changed -> changed ? renew() : Future.succeededFuture())
          .onFailure(error -> Logger.warn(error, "the certificate could not be renewed"));
    }
  }

  /**
   * Serves a certificate that also names these, see {@link BoxTls#expect}. Does not fail: what is
   * wrong is logged, and the present certificate stays.
   */
  Future<?> expect(List<String> names) {
    BoxTls known = tls;
    if (known == null) {
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(() -> known.expect(names), false)
        .compose(changed -> changed ? renew() : Future.succeededFuture())
        .onFailure(error -> Logger.warn(error, "the certificate does not name {}", names))
        .otherwiseEmpty();
  }

  /** Serves the certificate that counts now; listens if there was none before. */
  Future<?> renew() {
    Optional<TlsIdentity> identity = tls().flatMap(BoxTls::identity);
    if (identity.isEmpty()) {
      Logger.error("HTTPS is not served: {}", whyOff());
      return Future.succeededFuture();
    }
    HttpServer running = server;
    if (running != null) {
      return running.updateSSLOptions(ssl(identity.get()));
    }
    Function<HttpServerOptions, HttpServer> making = servers;
    if (making == null) {
      return Future.succeededFuture();
    }
    return Ports.listen(
            vertx,
            () -> making.apply(options(identity.get())),
            http.host(),
            config.port(),
            http.portAttempts())
        .onSuccess(
            listening -> {
              server = listening;
              address.serve(listening.actualPort());
            });
  }

  private static PemKeyCertOptions pem(TlsIdentity identity) {
    return new PemKeyCertOptions()
        .setKeyValue(Buffer.buffer(identity.keyPem()))
        .setCertValue(Buffer.buffer(identity.chainPem()));
  }

  private static HttpServerOptions options(TlsIdentity identity) {
    HttpServerOptions options =
        HttpVerticle.options()
            .setSsl(true)
            .setKeyCertOptions(pem(identity))
            .setEnabledSecureTransportProtocols(new LinkedHashSet<>(TlsPolicy.PROTOCOLS))
            .setUseAlpn(true)
            .setAlpnVersions(List.of(HttpVersion.HTTP_1_1))
            .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
            .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    TlsPolicy.CIPHER_SUITES.forEach(options::addEnabledCipherSuite);
    return options;
  }

  private static ServerSSLOptions ssl(TlsIdentity identity) {
    ServerSSLOptions options =
        new ServerSSLOptions()
            .setKeyCertOptions(pem(identity))
            .setEnabledSecureTransportProtocols(new LinkedHashSet<>(TlsPolicy.PROTOCOLS))
            .setUseAlpn(true)
            .setApplicationLayerProtocols(List.of("http/1.1"))
            .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
            .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    TlsPolicy.CIPHER_SUITES.forEach(options::addEnabledCipherSuite);
    return options;
  }
}
