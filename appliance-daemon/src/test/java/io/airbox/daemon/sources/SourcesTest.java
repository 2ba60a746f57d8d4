package io.airbox.daemon.sources;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir Path root;

  private void write(String path, String text) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), text);
  }

  @Test
  void theDistributionsOwnLinesAreKnown() throws IOException {
    write("etc/os-release", "VERSION_CODENAME=focal\n");
    write(
        "etc/apt/sources.list",
        """
        # deb http://commented/ubuntu focal main
        deb [arch=arm64] http://ports.ubuntu.com/ubuntu-ports/ focal main universe # pocket
        deb-src http://ports.ubuntu.com/ubuntu-ports focal main
        deb http://ports.ubuntu.com/ubuntu-ports focal-updates main
        deb https://download.docker.com/linux/debian stable main
        """);
    PackageSources sources = new PackageSources(root);

    assertThat(sources.mirror()).contains("http://ports.ubuntu.com");
    assertThat(sources.canRestore()).isFalse();
    assertThat(sources.lines())
        .containsExactly(
            new PackageSources.Line(
                "http://ports.ubuntu.com/ubuntu-ports/",
                "focal",
                List.of("main", "universe"),
                true),
            new PackageSources.Line(
                "http://ports.ubuntu.com/ubuntu-ports", "focal-updates", List.of("main"), true),
            new PackageSources.Line(
                "https://download.docker.com/linux/debian", "stable", List.of("main"), false));
    write("etc/apt/sources.list.airbox-previous", "");
    assertThat(sources.canRestore()).isTrue();
  }

  @Test
  void aMirrorIsAskedForEachSuite() throws IOException {
    write("etc/os-release", "VERSION_CODENAME=\"focal\"\n");
    write(
        "etc/apt/sources.list",
        """
        deb http://a/ubuntu-ports focal main
        deb http://a/ubuntu-ports focal universe
        deb http://a/ubuntu-ports focal-security main
        """);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/pub/ubuntu-ports/dists/focal/InRelease",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort() + "/pub";
      List<Reached> answers = new PackageSources(root).ask(base + "/");

      assertThat(answers)
          .extracting(Reached::target, Reached::reachable, Reached::detail)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(
                  base + "/ubuntu-ports/dists/focal/InRelease", true, "HTTP 200"),
              org.assertj.core.groups.Tuple.tuple(
                  base + "/ubuntu-ports/dists/focal-security/InRelease", false, "HTTP 404"));
    } finally {
      server.stop(0);
    }
    assertThat(new PackageSources(root).ask("http://127.0.0.1:1"))
        .noneMatch(Reached::reachable)
        .hasSize(2);
    assertThat(new PackageSources(root).ask("no url")).noneMatch(Reached::reachable);
    assertThat(new PackageSources(root.resolve("none")).ask("http://127.0.0.1:1")).isEmpty();
  }

  @Test
  void timeServersAreReadAsTimesyncdReadsThem() throws IOException {
    TimeSources sources = new TimeSources(root, InstantSource.fixed(NOW));
    assertThat(sources.chosen()).isEmpty();
    assertThat(sources.synchronised()).isFalse();
    write("etc/systemd/timesyncd.conf", "[Time]\n#NTP=no\nNTP=a b\nNTP=\nNTP=c\nFallbackNTP=d e\n");
    write("etc/systemd/timesyncd.conf.d/50-airbox.conf", "[Time]\nNTP=x y\n");
    write("run/systemd/timesync/synchronized", "");

    assertThat(sources.chosen()).containsExactly("x", "y");
    assertThat(sources.system()).containsExactly("c", "d", "e");
    assertThat(sources.synchronised()).isTrue();
    assertThat(sources.canRestore()).isFalse();
  }

  /** A server that answers once: as it should, or as one that has lost the time. */
  private static Thread answering(DatagramSocket socket, int stratum) {
    Thread thread =
        new Thread(
            () -> {
              try {
                DatagramPacket packet = new DatagramPacket(new byte[48], 48);
                socket.receive(packet);
                long sent = ByteBuffer.wrap(packet.getData()).getLong(40);
                ByteBuffer answer = ByteBuffer.allocate(48);
                answer.put(0, (byte) 0x24).put(1, (byte) stratum).putLong(24, sent);
                answer.putInt(40, (int) (NOW.getEpochSecond() + 2_208_988_800L + 7));
                socket.send(new DatagramPacket(answer.array(), 48, packet.getSocketAddress()));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            },
            "ntp");
    thread.start();
    return thread;
  }

  @Test
  void aTimeServerIsAskedForTheTime() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      TimeSources sources = new TimeSources(root, InstantSource.fixed(NOW), socket.getLocalPort());
      Thread server = answering(socket, 2);
      Reached right = sources.ask(List.of("127.0.0.1")).get(0);
      server.join();
      assertThat(right.reachable()).as(right.detail()).isTrue();
      assertThat(right.detail()).isEqualTo("stratum 2, its clock +7 s from this one");

      server = answering(socket, 0);
      Reached lost = sources.ask(List.of("127.0.0.1")).get(0);
      server.join();
      assertThat(lost.reachable()).isFalse();
      assertThat(lost.detail()).contains("does not know the time");
    }
    assertThat(new TimeSources(root, InstantSource.fixed(NOW), 1).ask(List.of("127.0.0.1")))
        .noneMatch(Reached::reachable);
  }
}
