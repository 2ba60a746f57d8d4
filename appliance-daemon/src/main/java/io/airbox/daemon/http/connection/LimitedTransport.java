package io.airbox.daemon.http.connection;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.spi.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Vert.x's transport of the JDK, whose servers close a connection at once when too many are open.
 * Unix sockets are not counted: who may open them is said by their files.
 */
public final class LimitedTransport implements Transport {
  private final Transport jdk = io.vertx.core.transport.Transport.NIO.implementation();
  private final Doorkeeper doorkeeper;

  private LimitedTransport(int most, int mostOfAddress) {
    doorkeeper = new Doorkeeper(new ConnectionCount(most, mostOfAddress));
  }

  /**
   * A transport for {@link io.vertx.core.VertxBuilder}.
   *
   * @param most connections that may be open
   * @param mostOfAddress connections of one address that may be open
   */
  public static io.vertx.core.transport.Transport of(int most, int mostOfAddress) {
    LimitedTransport limited = new LimitedTransport(most, mostOfAddress);
    return new io.vertx.core.transport.Transport() {
      @Override
      public String name() {
        return "nio";
      }

      @Override
      public boolean available() {
        return true;
      }

      @Override
      public @Nullable Throwable unavailabilityCause() {
        return null;
      }

      @Override
      public Transport implementation() {
        return limited;
      }
    };
  }

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
    ChannelFactory<? extends ServerChannel> servers = jdk.serverChannelFactory(domainSocket);
    if (domainSocket) {
      return servers;
    }
    return () -> {
      ServerChannel server = servers.newChannel();
      server.pipeline().addLast(doorkeeper);
      return server;
    };
  }

  @Override
  public boolean supportsDomainSockets() {
    return jdk.supportsDomainSockets();
  }

  @Override
  public boolean supportFileRegion() {
    return jdk.supportFileRegion();
  }

  @Override
  public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
    return jdk.convert(address);
  }

  @Override
  public io.vertx.core.net.SocketAddress convert(SocketAddress address) {
    return jdk.convert(address);
  }

  @Override
  public IoHandlerFactory ioHandlerFactory() {
    return jdk.ioHandlerFactory();
  }

  @Override
  public EventLoopGroup eventLoopGroup(
      int type, int threads, ThreadFactory threadFactory, int ioRatio) {
    return jdk.eventLoopGroup(type, threads, threadFactory, ioRatio);
  }

  @Override
  @SuppressWarnings("deprecation") // of the interface's own making
  public DatagramChannel datagramChannel(InternetProtocolFamily family) {
    return jdk.datagramChannel(family);
  }

  @Override
  public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
    return jdk.datagramChannelFactory();
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
    return jdk.channelFactory(domainSocket);
  }

  @Override
  public void configure(DatagramChannel channel, DatagramSocketOptions options) {
    jdk.configure(channel, options);
  }

  @Override
  public void configure(TcpConfig config, boolean domainSocket, Bootstrap bootstrap) {
    jdk.configure(config, domainSocket, bootstrap);
  }

  @Override
  public void configure(TcpConfig config, boolean domainSocket, ServerBootstrap bootstrap) {
    jdk.configure(config, domainSocket, bootstrap);
  }

  /** Stands before Netty's own acceptor, which registers what reaches it. */
  @ChannelHandler.Sharable
  private static final class Doorkeeper extends ChannelInboundHandlerAdapter {
    private static final long QUIET = TimeUnit.MINUTES.toNanos(1);

    private final ConnectionCount count;
    private long warned = System.nanoTime() - QUIET;

    private Doorkeeper(ConnectionCount count) {
      this.count = count;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Channel client
          && client.remoteAddress() instanceof InetSocketAddress remote) {
        InetAddress address = remote.getAddress();
        if (!count.enter(address)) {
          client.unsafe().closeForcibly();
          warn(address);
          return;
        }
        client.closeFuture().addListener(closed -> count.leave(address));
      }
      context.fireChannelRead(message);
    }

    private synchronized void warn(InetAddress address) {
      long now = System.nanoTime();
      if (now - warned >= QUIET) {
        warned = now;
        Logger.warn(
            "too many connections are open ({} in all); one of {} was refused"
                + " (http.connections.limit, http.connections.address.limit)",
            count.all(),
            address.getHostAddress());
      }
    }
  }
}
