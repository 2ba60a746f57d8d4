package io.airbox.daemon.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.util.Locale;
import java.util.function.Supplier;
import org.tinylog.Logger;

/** Listens on a TCP port. When it is taken it says by whom and takes the next one. */
final class Ports {
  private Ports() {}

  /**
   * Listens.
   *
   * @param servers makes a server for each attempt
   * @param wanted the first port to try, 0 for any free one
   * @param attempts how many following ones are tried
   */
  static Future<HttpServer> listen(
      Vertx vertx, Supplier<HttpServer> servers, String host, int wanted, int attempts) {
    return servers
        .get()
        .listen(wanted, host)
        .recover(
            error -> {
              if (!isTaken(error) || attempts == 0 || wanted >= 65_535) {
                return Future.failedFuture(
                    new IOException(
                        String.format(
                            Locale.ROOT,
                            "cannot listen on %s:%d: %s",
                            host,
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
                        return listen(vertx, servers, host, wanted + 1, attempts - 1);
                      });
            });
  }

  /** Not: the address is not one of this machine, for which other ports do not help. */
  private static boolean isTaken(Throwable error) {
    return error instanceof BindException
        && !String.valueOf(error.getMessage()).contains("assign requested address");
  }
}
