package io.airbox.daemon.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.IdentityHashMap;

/**
 * Closes connections that neither send a request nor wait for a reply. Vert.x's own idle time-out
 * would also cut off a client that waits for a slow picture. Used on one event loop.
 */
final class ConnectionWatch {
  private final Vertx vertx;
  private final Duration patience;
  private final IdentityHashMap<HttpConnection, State> connections = new IdentityHashMap<>();

  ConnectionWatch(Vertx vertx, Duration patience) {
    this.vertx = vertx;
    this.patience = patience;
  }

  void opened(HttpConnection connection) {
    State state = new State();
    connections.put(connection, state);
    wait(connection, state);
    connection.closeHandler(
        nothing -> {
          vertx.cancelTimer(state.timer);
          connections.remove(connection);
        });
  }

  /** A request has come; the connection rests again when its reply has ended. */
  void busy(RoutingContext context) {
    HttpConnection connection = context.request().connection();
    State state = connections.get(connection);
    if (state != null) {
      state.requests++;
      vertx.cancelTimer(state.timer);
      context.addEndHandler(
          ended -> {
            state.requests--;
            if (state.requests == 0 && connections.containsKey(connection)) {
              wait(connection, state);
            }
          });
    }
    context.next();
  }

  private void wait(HttpConnection connection, State state) {
    state.timer = vertx.setTimer(patience.toMillis(), id -> connection.close());
  }

  private static final class State {
    private long timer;
    private int requests;
  }
}
