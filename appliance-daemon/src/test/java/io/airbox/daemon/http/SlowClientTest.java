package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.airbox.daemon.TestDaemon;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that take their time, and too many of them. */
class SlowClientTest {
  private static final String HEALTH = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n";

  @TempDir static Path data;
  private static TestDaemon daemon;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    daemon =
        TestDaemon.start(
            data,
            Map.of(
                "http.read.timeout", "400ms",
                "http.idle.timeout", "1h",
                "http.stall.timeout", "400ms",
                "http.sse.heartbeat", "100ms",
                "http.connections.address.limit", "8"));
    port = URI.create(daemon.url).getPort();
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  private static Socket open(String from) throws IOException {
    Socket socket = RawHttp.connected(port, from);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** The bytes of a reply of {@code /healthz}; the connection stays open. */
  private static void readHealth(Socket socket) throws IOException {
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf("{\"status\":\"ok\"}") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).isNotNegative();
      seen.append((char) next);
    }
  }

  /** Drips a header for ever, and returns when the daemon has had enough. */
  private static void drip(Socket socket) {
    await()
        .until(
            () -> {
              try {
                write(socket, "x");
                return false;
              } catch (SocketException cut) {
                return true;
              }
            });
  }

  @Test
  void aHeadThatDripsInIsNotWaitedFor() throws IOException {
    try (Socket socket = open("127.0.0.10")) {
      write(socket, HEALTH + "X: ");
      drip(socket);
    }
  }

  @Test
  void soIsTheHeadOfASecondRequest() throws IOException {
    try (Socket socket = open("127.0.0.10")) {
      write(socket, HEALTH + "\r\n");
      readHealth(socket);
      write(socket, HEALTH + "X: ");
      drip(socket);
    }
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() throws IOException {
    try (Socket socket = open("127.0.0.10")) {
      assertThat(socket.getInputStream().read()).isNegative();
    }
  }

  @Test
  void aConnectionThatRestsBetweenRequestsIsKept() throws IOException {
    try (Socket resting = open("127.0.0.10");
        Socket silent = open("127.0.0.10")) {
      write(resting, HEALTH + "\r\n");
      readHealth(resting);
      // the other one shows that the time of a head has passed
      assertThat(silent.getInputStream().read()).isNegative();
      write(resting, HEALTH + "\r\n");
      readHealth(resting);
    }
  }

  @Test
  void whoeverTakesNothingOfAReplyIsCut() throws Exception {
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      drown(socket, "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await().until(() -> isCut(socket));
    }
  }

  /** Asks again and again until the daemon takes no more, since its replies are not taken. */
  private static void drown(Socket socket, String request) throws IOException {
    Thread writer =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 20_000; i++) {
                  write(socket, request);
                }
              } catch (IOException cut) {
                // what is waited for
              }
            });
    writer.setDaemon(true);
    writer.start();
  }

  private static boolean isCut(Socket socket) {
    try {
      write(socket, "x");
      return false;
    } catch (IOException cut) {
      return true;
    }
  }

  @Test
  void theConnectionOfAnEventStreamEndsWithItsJobThoughNobodyReads() throws Exception {
    String id = daemon.submit("{\"prompt\":\"hold it\",\"preview\":false}");
    try (Socket socket = open("127.0.0.10")) {
      write(socket, "GET /api/v1/jobs/" + id + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      daemon.maker.release();
      daemon.finished(id);

      assertThat(endOf(socket.getInputStream())).isTrue();
    }
  }

  private static boolean endOf(InputStream in) throws IOException {
    try {
      in.readAllBytes();
      return true;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void oneAddressCannotTakeAllConnections() throws Exception {
    List<Socket> many = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        many.add(open("127.0.0.20"));
      }
      try (Socket oneMore = open("127.0.0.20")) {
        assertThat(endOf(oneMore.getInputStream())).isTrue();
      }
      try (Socket other = open("127.0.0.21")) {
        write(other, HEALTH + "\r\n");
        readHealth(other);
      }
    } finally {
      for (Socket socket : many) {
        socket.close();
      }
    }
    await()
        .until(
            () -> {
              try (Socket again = open("127.0.0.20")) {
                write(again, HEALTH + "\r\n");
                readHealth(again);
                return true;
              } catch (AssertionError | IOException notYet) {
                return false;
              }
            });
  }
}
