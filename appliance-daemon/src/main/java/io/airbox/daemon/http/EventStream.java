package io.airbox.daemon.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/**
 * A reply of server-sent events. Everything happens on the connection's event loop; {@link
 * #execute} is the way onto it and holds tasks back while the connection is full, so that whoever
 * sends can conflate.
 */
final class EventStream implements Executor {
  private final Vertx vertx;
  private final Context context;
  private final HttpServerResponse response;
  private final Deque<Runnable> held = new ArrayDeque<>();
  private final long heartbeat;
  private boolean closed;
  private Runnable onLeave = () -> {};

  private EventStream(RoutingContext routing, Duration heartbeat) {
    vertx = routing.vertx();
    context = vertx.getOrCreateContext();
    response = routing.response();
    this.heartbeat = vertx.setPeriodic(heartbeat.toMillis(), id -> beat());
    response.exceptionHandler(error -> left());
    response.closeHandler(nothing -> left());
    response.drainHandler(nothing -> drain());
  }

  /** Begins the reply. */
  static EventStream open(RoutingContext routing, Duration heartbeat) {
    routing
        .response()
        .setChunked(true)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        // a client that reads nothing would have its connection kept for the next request
        .putHeader(HttpHeaders.CONNECTION, "close")
        .putHeader("X-Accel-Buffering", "no");
    EventStream stream = new EventStream(routing, heartbeat);
    stream.write(":\n\n");
    return stream;
  }

  /** What to do when the client goes away before the end. */
  void onLeave(Runnable action) {
    onLeave = action;
    if (response.closed()) {
      left();
    }
  }

  @Override
  public void execute(Runnable task) {
    context.runOnContext(
        nothing -> {
          if (closed) {
            return;
          }
          if (response.writeQueueFull() || !held.isEmpty()) {
            held.add(task);
          } else {
            task.run();
          }
        });
  }

  void send(String event, JsonObject data) {
    write("event: " + event + "\ndata: " + data.encode() + "\n\n");
  }

  /** Ends the reply; the client has not gone away. */
  void end() {
    if (!closed) {
      closed = true;
      vertx.cancelTimer(heartbeat);
      response.end();
    }
  }

  /** A full connection shows by itself that it is not dead, and is cut when it stalls. */
  private void beat() {
    if (!response.closed() && !response.writeQueueFull()) {
      write(":\n\n");
    }
  }

  private void write(String text) {
    if (!closed && !response.closed()) {
      response.write(text);
    }
  }

  private void drain() {
    while (!closed && !held.isEmpty() && !response.writeQueueFull()) {
      held.remove().run();
    }
  }

  private void left() {
    if (!closed) {
      closed = true;
      held.clear();
      vertx.cancelTimer(heartbeat);
      onLeave.run();
    }
  }
}
