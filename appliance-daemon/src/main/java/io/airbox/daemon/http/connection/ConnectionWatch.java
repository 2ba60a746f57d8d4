package io.airbox.daemon.http.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cuts connections whose client takes too long: to send the head of a request (counted from the
 * opening of the connection, or from the first byte of a later request), to send another request,
 * or to take what was written to it. A client that waits for a slow picture is not cut, which is
 * why Vert.x's own idle time-out does not serve. How long a body may take is the reader's affair.
 *
 * <p>Used on one event loop; looks at all connections a few times per shortest time-out.
 */
public final class ConnectionWatch implements AutoCloseable {
  private static final long SHORTEST_PAUSE = 20;
  private static final long LONGEST_PAUSE = 1000;

  private final Vertx vertx;
  private final long head;
  private final long idle;
  private final long stall;
  private final long timer;
  private final Map<HttpConnection, State> connections = new HashMap<>();

  /**
   * Begins to watch.
   *
   * @param head how long the head of a request may take to arrive
   * @param idle how long a connection may rest between requests
   * @param stall how long a client may take nothing of what is written to it
   */
  public ConnectionWatch(Vertx vertx, Duration head, Duration idle, Duration stall) {
    this.vertx = vertx;
    this.head = head.toNanos();
    this.idle = idle.toNanos();
    this.stall = stall.toNanos();
    long shortest = Math.min(head.toMillis(), Math.min(idle.toMillis(), stall.toMillis()));
    timer =
        vertx.setPeriodic(
            Math.max(SHORTEST_PAUSE, Math.min(LONGEST_PAUSE, shortest / 8)), id -> look());
  }

  /** A connection was opened; for TLS, its handshake is done. */
  public void opened(HttpConnection connection) {
    // the one way to a connection's channel
    Channel channel = ((ConnectionBase) connection).channel();
    State state = new State(channel, System.nanoTime() + head);
    connections.put(connection, state);
    ChannelHandlerContext decoder = channel.pipeline().context(HttpRequestDecoder.class);
    if (decoder != null) {
      channel.pipeline().addBefore(decoder.name(), "arrivals", new Arrivals(state));
    }
    connection.closeHandler(nothing -> connections.remove(connection));
  }

  /**
   * A request has come; the connection rests again when its reply has ended. One that follows the
   * last request is not served.
   */
  public void busy(RoutingContext context) {
    State state = connections.get(context.request().connection());
    if (state != null && state.over) {
      return;
    }
    if (state != null) {
      state.requests++;
      context.addEndHandler(
          ended -> {
            state.requests--;
            state.rests = true;
            state.deadline = System.nanoTime() + idle;
          });
    }
    context.next();
  }

  /**
   * The present request is the connection's last, since where the next one begins is in doubt; the
   * connection ends after its reply.
   */
  public void last(RoutingContext context) {
    HttpConnection connection = context.request().connection();
    State state = connections.get(connection);
    if (state != null) {
      state.over = true;
    }
    context.addEndHandler(ended -> connection.close());
  }

  private void look() {
    long now = System.nanoTime();
    for (Map.Entry<HttpConnection, State> each : List.copyOf(connections.entrySet())) {
      State state = each.getValue();
      if (state.requests == 0 && now - state.deadline >= 0 && !state.isWriting()) {
        each.getKey().close();
      } else if (state.stalledSince(now) >= stall) {
        state.cut();
      }
    }
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }

  /** Where a connection is. */
  private final class State {
    private final Channel channel;
    private int requests;
    private long deadline;
    private boolean over;

    /** Between requests, without a byte of the next one. */
    private boolean rests;

    private @Nullable Object current;
    private long progress;
    private long since;

    private State(Channel channel, long deadline) {
      this.channel = channel;
      this.deadline = deadline;
    }

    private void arrived() {
      if (rests && requests == 0) {
        rests = false;
        deadline = System.nanoTime() + head;
      }
    }

    private boolean isWriting() {
      ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
      return buffer != null && !buffer.isEmpty();
    }

    /** Nanoseconds in which nothing of what waits has gone. */
    private long stalledSince(long now) {
      ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
      Object first = buffer == null ? null : buffer.current();
      if (buffer == null || first == null) {
        current = null;
        return 0;
      }
      if (first != current || buffer.currentProgress() != progress) {
        current = first;
        progress = buffer.currentProgress();
        since = now;
      }
      return now - since;
    }

    /** At once: an orderly close would wait until the client has taken what it does not take. */
    private void cut() {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.unsafe().close(channel.unsafe().voidPromise());
    }
  }

  /** Sees the bytes of requests, after TLS and before they are HTTP. */
  private static final class Arrivals extends ChannelInboundHandlerAdapter {
    private final State state;

    private Arrivals(State state) {
      this.state = state;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      state.arrived();
      context.fireChannelRead(message);
    }
  }
}
