package io.airbox.daemon.systemd;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.tinylog.Logger;

/**
 * Datagrams over a Unix socket, which the JDK cannot send: Netty's native transport on one thread
 * of its own. Vert.x keeps the JDK's transport.
 */
final class EpollSender implements ServiceNotifier.Sender {
  private static final int PATIENCE_SECONDS = 2;

  private final EventLoopGroup loop;
  private final Channel channel;

  private EpollSender(EventLoopGroup loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /**
   * Connects to a socket.
   *
   * @throws IOException the native library does not load here, or nobody listens
   */
  static EpollSender open(String socket) throws IOException {
    if (!Epoll.isAvailable()) {
      Throwable cause = Epoll.unavailabilityCause();
      throw new IOException("Netty's native transport does not load: " + cause, cause);
    }
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("service-notifier", true), EpollIoHandler.newFactory());
    ChannelFuture connected =
        new Bootstrap()
            .group(loop)
            .channel(EpollDomainDatagramChannel.class)
            .handler(new ChannelInboundHandlerAdapter()) // nobody answers
            .connect(new DomainSocketAddress(socket))
            .awaitUninterruptibly();
    if (!connected.isSuccess()) {
      stop(loop);
      throw new IOException(
          "cannot reach NOTIFY_SOCKET " + socket.replace('\0', '@') + ": " + connected.cause(),
          connected.cause());
    }
    return new EpollSender(loop, connected.channel());
  }

  @Override
  public void send(byte[] message) {
    channel
        .writeAndFlush(Unpooled.wrappedBuffer(message))
        .addListener(
            sent -> {
              if (!sent.isSuccess()) {
                Logger.warn("the service manager was not told: {}", sent.cause());
              }
            });
  }

  @Override
  public void close() {
    // after what is on its way, for both are done in order
    channel.close().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
    stop(loop);
  }

  private static void stop(EventLoopGroup loop) {
    loop.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
