package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DNS rebinding and pages of other sites. */
class HostGuardTest {
  @TempDir static Path data;
  private static TestDaemon daemon;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    daemon = TestDaemon.start(data, Map.of("http.host", "0.0.0.0", "http.names", "box.example"));
    port = URI.create(daemon.url).getPort();
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  private static RawHttp.Reply get(String host, String headers) {
    return RawHttp.Reply.of(
        RawHttp.http(daemon)
            .talk(
                "GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: "
                    + host
                    + "\r\n"
                    + headers
                    + "\r\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "box.example,200",
    "BOX.example.:8999,200",
    "127.0.0.1:8999,200",
    "[::1],200",
    "evil.example,421",
    "localhost.evil.example,421",
    "127.0.0.1.evil.example,421",
    "2130706433,421",
    "0x7f.0.0.1,421",
    "127.1,421",
    "0.0.0.0,421",
    "192.0.2.250,421",
    "[2001:db8::1],421",
    "evil@localhost,400",
    "'localhost, evil.example',400",
    "localhost/evil,400",
    "'',421"
  })
  void aNameThatIsNotOursIsARebindingAttack(String host, int status) {
    assertThat(get(host, "").status()).isEqualTo(status);
  }

  @Test
  void theMachinesOwnNameIsServedAlsoAsMulticastName() throws Exception {
    String name =
        java.nio.file.Files.readString(
                Path.of("/proc/sys/kernel/hostname"), StandardCharsets.US_ASCII)
            .strip();

    assertThat(get(name, "").status()).isEqualTo(200);
    assertThat(get(name.split("\\.")[0] + ".local:" + port, "").status()).isEqualTo(200);
  }

  @Test
  void anAddressIsServedToWhoeverHasConnectedToIt() throws Exception {
    InetAddress own =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(own != null, "this machine has a loopback interface only");
    String host = own.getHostAddress();

    try (Socket socket = new Socket(own, port)) {
      socket
          .getOutputStream()
          .write(
              ("GET /api/v1/session HTTP/1.1\r\nConnection: close\r\nHost: "
                      + host
                      + ":"
                      + port
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(reply).startsWith("HTTP/1.1 200").contains("\"channel\":\"lan\"");
    }
    assertThat(get(host, "").status()).isEqualTo(421);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost,http://localhost,200",
    "localhost:80,http://localhost,200",
    "localhost:8999,http://localhost:8999,200",
    "LOCALHOST:8999,http://localhost:8999,200",
    "[::1]:8999,http://[::1]:8999,200",
    "localhost,https://localhost,403",
    "localhost,http://localhost:81,403",
    "localhost,http://127.0.0.1,403",
    "localhost,http://evil.example,403",
    "localhost,http://localhost.evil.example,403",
    "localhost,http://localhost/,403",
    "localhost,null,403",
    "localhost,file://,403",
    "localhost,'',403"
  })
  void onlyTheOriginThatWasCalledIsOurOwn(String host, String origin, int status) {
    RawHttp.Reply reply = get(host, "Origin: " + origin + "\r\n");

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.code()).isEqualTo(status == 403 ? "WRONG_ORIGIN" : "");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,cross-site,200",
    "POST,cross-site,403",
    "POST,same-site,403",
    "DELETE,cross-site,403",
    "POST,same-origin,200",
    "POST,none,200"
  })
  void aBrowserSaysThatAnotherSiteAsks(String method, String site, int status) {
    String path = method.equals("GET") ? "/healthz" : "/api/v1/jobs";
    RawHttp.Reply reply =
        RawHttp.http(daemon).send(method, path, "Sec-Fetch-Site: " + site + "\r\n", "");

    if (status == 403) {
      assertThat(reply.code()).isEqualTo("WRONG_ORIGIN");
    } else {
      assertThat(reply.code()).isNotEqualTo("WRONG_ORIGIN");
    }
  }
}
