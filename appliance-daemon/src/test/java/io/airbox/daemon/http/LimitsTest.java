package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsTest {
  @TempDir static Path data;
  private static TestDaemon daemon;

  @BeforeAll
  static void start() throws Exception {
    daemon =
        TestDaemon.start(
            data,
            Map.of(
                "http.body.limit", "64kB",
                "http.read.timeout", "300ms",
                "http.idle.timeout", "1s"));
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  @Test
  void aBodyAboveTheLimitIsRefused() {
    String large = "{\"prompt\":\"" + "a".repeat(70_000) + "\"}";

    assertThat(daemon.post("/api/v1/jobs", large).statusCode()).isEqualTo(413);
    assertThat(
            talk(
                "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "11170\r\n"
                    + "a".repeat(70_000)
                    + "\r\n"))
        .startsWith("HTTP/1.1 413")
        .contains("BODY_TOO_LARGE")
        .contains("64kB");
  }

  @Test
  void aBodyThatDoesNotArriveIsGivenUp() {
    assertThat(talk("POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{"))
        .startsWith("HTTP/1.1 408")
        .contains("REQUEST_TIMEOUT");
  }

  @Test
  void anIdleConnectionIsClosed() {
    assertThat(talk("")).isEmpty();
    assertThat(talk("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")).contains("200 OK");
  }

  @Test
  void headersAndAddressesHaveLimits() {
    assertThat(talk("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
        .matches("(?s)HTTP/1.. 431.*");
    assertThat(talk("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .matches("(?s)HTTP/1.. 414.*");
  }

  @Test
  void aRequestNeedsOneHost() {
    assertThat(talk("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("'Host' header is required");
    assertThat(
            talk(
                "GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\n"
                    + "Host: evil.example\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void whatIsNotHttpIsTheClientsFault() {
    assertThat(
            talk(
                "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "zzz\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("malformed");
    assertThat(talk("GET /%zz HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("application/problem+json")
        .contains("the request is malformed");
  }

  @Test
  void largeBodiesHaveOneRoomTogether() throws IOException {
    // other than the daemon of this class: with time for two bodies to meet
    Path own = Files.createDirectory(data.resolve("large"));
    try (TestDaemon patient = started(own, "http.body.limit", "1MB")) {
      URI uri = URI.create(patient.url);
      String head =
          "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 700000\r\n"
              + "Expect: 100-continue\r\n\r\n";
      try (Socket first = new Socket(uri.getHost(), uri.getPort())) {
        first.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        first.getOutputStream().flush();
        assertThat(new String(first.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
            .isEqualTo("HTTP/1.1 100");

        assertThat(talk(patient, head))
            .contains("HTTP/1.1 503")
            .containsIgnoringCase("Retry-After: 1")
            .contains("BUSY");
        assertThat(patient.post("/api/v1/jobs", "{\"prompt\":\"small\"}").statusCode())
            .isEqualTo(202);
      }
      String large = "{\"prompt\":\"" + "a".repeat(700_000) + "\"}";
      awaitRoom(patient, large);
    }
  }

  private static TestDaemon started(Path folder, String key, String value) {
    try {
      return TestDaemon.start(folder, Map.of(key, value));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The room of a client that has gone away is given back when the daemon notices. */
  private static void awaitRoom(TestDaemon daemon, String body) {
    int status = 503;
    for (int i = 0; i < 100 && status == 503; i++) {
      status = daemon.post("/api/v1/jobs", body).statusCode();
    }
    assertThat(status).isEqualTo(400); // too long a prompt, but read
  }

  @Test
  void theLocalSocketServesTheSameAndIsPrivate() throws IOException {
    Path socket = daemon.places.socket();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");

    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(
          StandardCharsets.US_ASCII.encode(
              "GET /v1/models HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n\r\n"));
      ByteBuffer reply = ByteBuffer.allocate(65_536);
      while (channel.read(reply) >= 0) {
        assertThat(reply.hasRemaining()).isTrue();
      }
      assertThat(StandardCharsets.UTF_8.decode(reply.flip()).toString())
          .startsWith("HTTP/1.1 200")
          .contains("airbox-emoji");
    }
  }

  /** Sends bytes and reads until the daemon closes the connection. */
  private static String talk(String text) {
    return talk(daemon, text);
  }

  private static String talk(TestDaemon daemon, String text) {
    URI uri = URI.create(daemon.url);
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
