package io.airbox.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceNotifierTest {
  @TempDir Path folder;

  /** What a service manager would receive. */
  private static final class Manager implements AutoCloseable {
    final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Channel channel;

    Manager(String socket) {
      channel =
          new Bootstrap()
              .group(loop)
              .channel(EpollDomainDatagramChannel.class)
              .handler(
                  new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(
                        ChannelHandlerContext context, DomainDatagramPacket packet) {
                      received.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                  })
              .bind(new DomainSocketAddress(socket))
              .syncUninterruptibly()
              .channel();
    }

    String next() throws InterruptedException {
      return received.poll(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      channel.close().syncUninterruptibly();
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void tellsTheManagerTheWholeLife() throws Exception {
    String socket = folder.resolve("notify").toString();
    try (Manager manager = new Manager(socket)) {
      ServiceNotifier notifier =
          ServiceNotifier.of(Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "3000000"));
      List<Runnable> signs = new ArrayList<>();

      notifier.starting("jobs", Duration.ofSeconds(60));
      assertThat(manager.next()).isEqualTo("EXTEND_TIMEOUT_USEC=60000000\nSTATUS=starting: jobs");
      notifier.ready("serving\nall");
      assertThat(manager.next()).isEqualTo("READY=1\nSTATUS=serving all");
      notifier.watch(
          (pause, task) -> {
            assertThat(pause).isEqualTo(Duration.ofSeconds(1));
            signs.add(task);
          });
      signs.get(0).run();
      assertThat(manager.next()).isEqualTo("WATCHDOG=1");
      notifier.stopping();
      notifier.close();
      assertThat(manager.next()).isEqualTo("STOPPING=1\nSTATUS=stopping");

      notifier.ready("too late");
      notifier.close();
      assertThat(manager.received).isEmpty();
    }
  }

  @Test
  void reachesASocketInTheAbstractNamespace() throws Exception {
    String name = "airbox-test-" + UUID.randomUUID();
    try (Manager manager = new Manager("\0" + name);
        ServiceNotifier notifier = ServiceNotifier.of(Map.of("NOTIFY_SOCKET", "@" + name))) {
      notifier.ready("here");

      assertThat(manager.next()).isEqualTo("READY=1\nSTATUS=here");
    }
  }

  @Test
  void saysNothingWithoutASocket() {
    for (Map<String, String> environment :
        List.of(
            Map.of("WATCHDOG_USEC", "3000000"),
            Map.of("NOTIFY_SOCKET", ""),
            Map.of("NOTIFY_SOCKET", "vsock:2:1234", "WATCHDOG_USEC", "3000000"))) {
      try (ServiceNotifier notifier =
          ServiceNotifier.of(
              environment,
              1,
              socket -> {
                throw new AssertionError("opened " + socket);
              })) {
        notifier.starting("x", Duration.ofSeconds(1));
        notifier.ready("x");
        notifier.watch((pause, task) -> task.run());
        notifier.stopping();
      }
    }
  }

  @Test
  void onlyTheProcessThatIsWatchedShowsSigns() {
    assertThat(watched(Map.of("WATCHDOG_USEC", "9"))).isTrue();
    assertThat(watched(Map.of("WATCHDOG_USEC", "9", "WATCHDOG_PID", "7"))).isTrue();
    assertThat(watched(Map.of("WATCHDOG_USEC", "9", "WATCHDOG_PID", "8"))).isFalse();
    assertThat(watched(Map.of("WATCHDOG_USEC", "0"))).isFalse();
    assertThat(watched(Map.of("WATCHDOG_USEC", "soon"))).isFalse();
    assertThat(watched(Map.of())).isFalse();
  }

  private static boolean watched(Map<String, String> watchdog) {
    Map<String, String> environment = new java.util.HashMap<>(watchdog);
    environment.put("NOTIFY_SOCKET", "/run/notify");
    List<Duration> pauses = new ArrayList<>();
    ServiceNotifier.of(
            environment,
            7,
            socket -> {
              throw new AssertionError("opened " + socket);
            })
        .watch((pause, task) -> pauses.add(pause));
    return !pauses.isEmpty();
  }

  @Test
  void aManagerThatIsGoneDoesNotDisturb() {
    List<String> tries = new ArrayList<>();
    try (ServiceNotifier notifier =
        ServiceNotifier.of(
            Map.of("NOTIFY_SOCKET", folder.resolve("none").toString()),
            1,
            socket -> {
              tries.add(socket);
              throw new IOException("as announced");
            })) {
      notifier.ready("x");
      notifier.stopping();
    }
    assertThat(tries).hasSize(1);

    try (ServiceNotifier real =
        ServiceNotifier.of(Map.of("NOTIFY_SOCKET", folder.resolve("none").toString()))) {
      real.ready("nobody is there");
    }
  }

  @Test
  void vertxKeepsTheTransportOfTheJdk() {
    Vertx vertx = Vertx.vertx();
    try {
      assertThat(vertx.isNativeTransportEnabled()).isFalse();
    } finally {
      vertx.close();
    }
  }
}
