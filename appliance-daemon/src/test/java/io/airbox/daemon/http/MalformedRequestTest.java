package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that two programs on the way could read differently. Each is followed by another request
 * on the same connection, which must not be served.
 */
class MalformedRequestTest {
  private static final String SMUGGLED = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

  @TempDir static Path data;
  private static TestDaemon daemon;
  private static RawHttp.Way http;

  @BeforeAll
  static void start() throws Exception {
    daemon = TestDaemon.start(data);
    http = RawHttp.http(daemon);
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  /**
   * In the second column ^ stands for a carriage return, | for a line feed, ~ for other characters.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      textBlock =
          """
          both lengths                ; Content-Length: 4^|Transfer-Encoding: chunked
          both lengths, swapped       ; Transfer-Encoding: chunked^|Content-Length: 4
          two different lengths       ; Content-Length: 0^|Content-Length: 44
          two equal lengths           ; Content-Length: 0^|Content-Length: 0
          a list of lengths           ; Content-Length: 0, 0
          a signed length             ; Content-Length: +0
          a negative length           ; Content-Length: -1
          a hexadecimal length        ; Content-Length: 0x0
          a length beyond all numbers ; Content-Length: 99999999999999999999
          an unknown coding           ; Transfer-Encoding: xchunked
          no coding                   ; Transfer-Encoding: identity
          two codings                 ; Transfer-Encoding: gzip, chunked
          chunked and then something  ; Transfer-Encoding: chunked, identity
          coding twice                ; Transfer-Encoding: chunked^|Transfer-Encoding: identity
          chunked twice               ; Transfer-Encoding: chunked^|Transfer-Encoding: chunked
          a space before the colon    ; Transfer-Encoding : chunked
          a vertical tab              ; Transfer-Encoding:\013chunked
          a line feed alone           ; X: a|Transfer-Encoding: chunked
          a carriage return alone     ; X: a^Transfer-Encoding: chunked
          a NUL in a value            ; X: a\0b
          a control character         ; X: a\1b
          a NUL in a name             ; X\0: a
          a space in a name           ; X Y: a
          no colon                    ; XY
          no name                     ; ": a"
          a second host               ; Host: localhost
          two authorizations          ; Authorization: Bearer a^|Authorization: Bearer b
          two origins                 ; Origin: http://localhost^|Origin: http://localhost
          """)
  void anAmbiguousHeadEndsTheConnection(String name, String header) {
    String reply =
        http.talk(
            "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\n"
                + header.strip().replace("^", "\r").replace("|", "\n")
                + "\r\n\r\n"
                + SMUGGLED);

    assertThat(reply).startsWith("HTTP/1.1 400").contains("application/problem+json");
    assertThat(reply).contains("INVALID_REQUEST").contains("malformed");
    assertThat(reply).doesNotContain("\"status\":\"ok\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /healthz\r\n\r\n", "G{}T / HTTP/1.1\r\n\r\n", "\u0016\u0003\1\r\n"})
  void whatIsNotHttpIsToldSo(String request) {
    assertThat(http.talk(request + SMUGGLED))
        .startsWith("HTTP/1.0 400")
        .contains("malformed")
        .doesNotContain("\"status\":\"ok\"");
  }

  @Test
  void aFoldedHeaderIsOneValue() {
    // RFC 9112 §5.2 lets a server read it so; what it must not do is to see a second header in it
    String folded = "X: a\r\n Transfer-Encoding: chunked\r\n";

    assertThat(http.send("GET", "/healthz", folded, "").status()).isEqualTo(200);
    assertThat(http.talk("GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void moreHeadersThanAnybodySendsAreRefused() {
    String many =
        IntStream.range(0, 101).mapToObj(i -> "X" + i + ": a\r\n").collect(Collectors.joining());

    assertThat(http.send("GET", "/healthz", many, "").status()).isEqualTo(431);
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost/healthz,200",
    "HTTP://LOCALHOST/healthz,200",
    "http://evil.example/healthz,400",
    "http://localhost.evil.example/healthz,400",
    "http://localhost:81/healthz,400",
    "http://evil@localhost/healthz,400",
    "https://localhost/healthz,400",
    "ftp://localhost/healthz,400",
    "localhost/healthz,404",
    "http://localhost@evil.example/healthz,400"
  })
  void anAbsoluteAddressNamesTheVeryHost(String target, int status) {
    assertThat(http.send("GET", target, "", "").status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONNECT", "TRACE", "OPTIONS", "PATCH", "PROPFIND", "get", "GETGETGET"})
  void otherMethodsAreNotServed(String method) {
    RawHttp.Reply reply = http.send(method, "/healthz", "", "");

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.header("Allow")).isEqualTo("GET");
    assertThat(http.send("CONNECT", "localhost:22", "", "").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/pictures/read,POST",
    "/api/v1/pictures/some,'DELETE, GET'",
    "/api/v1/pictures/some.png,GET",
    "/api/v1/jobs/some/cancel,POST",
    "/api/v1/jobs,'GET, POST'"
  })
  void theMethodsOfAPathAreThoseOfTheClosestRoute(String path, String allowed) {
    RawHttp.Reply reply = http.send("PATCH", path, "", "");

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.header("Allow")).isEqualTo(allowed);
  }

  @Test
  void aLongMethodIsNotSentBack() {
    assertThat(http.send("G".repeat(3000), "/healthz", "", "").body()).hasSizeLessThan(300);
  }

  @Test
  void aHeaderDoesNotChangeTheMethod() {
    assertThat(http.send("GET", "/healthz", "X-HTTP-Method-Override: DELETE\r\n", "").status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      })
  void noOtherProtocolIsSpoken(String upgrade) {
    assertThat(http.talk("GET /healthz HTTP/1.0\r\nHost: localhost\r\n" + upgrade + "\r\n"))
        .startsWith("HTTP/1.0 200");
  }

  @Test
  void pipelinedRequestsAreAnsweredOneAfterTheOther() {
    String reply =
        http.talk(
            SMUGGLED.repeat(50)
                + "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(reply.split("HTTP/1.1 200", -1)).hasSize(52);
    assertThat(reply.substring(reply.lastIndexOf("HTTP/1.1"))).contains("uptime_seconds");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../pom.xml",
        "/..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/webjars/..%2f..%2f..%2ftinylog.properties",
        "/webjars/%2e%2e/%2e%2e/tinylog.properties",
        "/webjars//etc/passwd",
        "/..\\..\\etc\\passwd",
        "/%5c..%5c..%5cetc%5cpasswd",
        "/....//....//etc/passwd",
        "/index.html%00.png",
        "/io/airbox/daemon/config/airbox.properties",
        "/api/v1/pictures/..%2f..%2fapi.sock.png",
        "/api/v1/pictures/%2e%2e%2fkeys%2fowner.json.png",
        "/api/v1/pictures/....png",
        "//etc/passwd"
      })
  void noPathLeadsOut(String path) {
    RawHttp.Reply reply = http.send("GET", path, "", "");

    assertThat(reply.status()).isIn(400, 404);
    assertThat(reply.body()).startsWith("{").doesNotContain("root:").doesNotContain("\tat ");
  }

  @Test
  void repliesTellNothingOfTheProgramAndForbidEverythingToAPage() {
    RawHttp.Reply reply = http.send("GET", "/api/v1/status", "", "");
    RawHttp.Reply wrong = http.send("GET", "/nothing", "", "");

    for (RawHttp.Reply each : java.util.List.of(reply, wrong)) {
      assertThat(each.header("Server")).isEmpty();
      assertThat(each.header("Content-Security-Policy"))
          .contains("default-src 'none'")
          .contains("sandbox")
          .contains("frame-ancestors 'none'");
      assertThat(each.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(each.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
      assertThat(each.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
      assertThat(each.header("Permissions-Policy")).contains("camera=()");
      assertThat(each.header("Referrer-Policy")).isEqualTo("no-referrer");
      assertThat(each.header("Strict-Transport-Security")).isEmpty();
      assertThat(each.header("Access-Control-Allow-Origin")).isEmpty();
    }
  }
}
