package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.airbox.hwtests.wire.Answer;
import io.airbox.hwtests.wire.Request;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** What is wrong with the request itself: its host, its path, its framing, its size. */
final class HttpAbuses {
  private static final String END = "\r\n\r\n";

  /** A request that would be answered with 200, were it taken for one of its own. */
  private static final String SMUGGLED = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final Box box;

  HttpAbuses(Box box) {
    this.box = box;
  }

  Stream<DynamicTest> hosts() {
    return Stream.of(
        refused("a name re-bound to this machine", 421, "WRONG_HOST", get("Host: evil.example")),
        refused(
            "a name that begins like ours", 421, "WRONG_HOST", get("Host: localhost.evil.example")),
        refused(
            "an address that begins like ours",
            421,
            "WRONG_HOST",
            get("Host: 127.0.0.1.evil.example")),
        refused("two Hosts", 400, "INVALID_REQUEST", get("Host: localhost\r\nHost: evil.example")),
        refused(
            "two equal Hosts", 400, "INVALID_REQUEST", get("Host: localhost\r\nHost: localhost")),
        refused("no Host", 400, "INVALID_REQUEST", get("X-Host: localhost")),
        cut("an empty Host", get("Host: "), 400, 421),
        cut("a Host with user information", get("Host: localhost@evil.example"), 400, 421),
        cut("a Host behind user information", get("Host: evil.example@localhost"), 400, 421),
        cut("a Host with a path", get("Host: localhost/evil.example"), 400, 421),
        cut("a Host with a port that is none", get("Host: localhost:99999999"), 400),
        cut("a Host folded over two lines", get("Host: localhost\r\n evil.example"), 400, 421),
        cut(
            "an absolute address of another host",
            "GET http://evil.example/api/v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close"
                + END,
            400,
            421),
        cut(
            "an absolute address of our host, with another in Host",
            "GET http://localhost/api/v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close"
                + END,
            400,
            421),
        cut(
            "a tunnel to elsewhere",
            "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\nConnection: close"
                + END,
            400,
            404,
            405,
            421),
        cut("no Host, as HTTP/1.0 allows", "GET /api/v1/status HTTP/1.0" + END, 400, 421));
  }

  Stream<DynamicTest> paths() {
    return Stream.of(
            "/../../../../etc/passwd",
            "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
            "/..%2f..%2f..%2fetc%2fpasswd",
            "/%252e%252e%252f%252e%252e%252fetc%252fpasswd",
            "/..\\..\\..\\etc\\passwd",
            "/..%5c..%5c..%5cetc%5cpasswd",
            "/....//....//etc/passwd",
            "/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
            "/index.html%00.css",
            "/webjars/../tinylog.properties",
            "/webjars/%2e%2e/%2e%2e/%2e%2e/tinylog.properties",
            "/webjars/..%2f..%2f..%2fio/airbox/daemon/config/airbox.properties",
            "/webjars//etc/passwd",
            "/../io/airbox/daemon/config/airbox.properties",
            "/META-INF/MANIFEST.MF",
            "/api/v1/pictures/..%2f..%2fkeys%2fowner.png",
            "/api/v1/pictures/%2e%2e%2f%2e%2e%2faudit%2faudit.jsonl",
            "/api/v1/packs/..%2f..%2fhistory",
            "/v1/models/..%2f..%2f..%2fetc%2fpasswd",
            "/%zz",
            "/%",
            "//etc/passwd")
        .map(
            path ->
                dynamicTest(
                    "traversal " + path,
                    () -> {
                      Answer answer = box.ask(Request.get(path));
                      answer.has(400, 404);
                      assertThat(answer.body()).doesNotContain("root:", "writer", "Manifest");
                    }));
  }

  Stream<DynamicTest> bodies() {
    return Stream.of(
        refused(
            "a body larger than the limit, honestly declared",
            413,
            "BODY_TOO_LARGE",
            post("Content-Length: 100000000", "")),
        refused(
            "a body larger than the limit in chunks",
            413,
            "BODY_TOO_LARGE",
            post("Transfer-Encoding: chunked", "200000\r\n" + "a".repeat(0x200000) + "\r\n")),
        one("a length that is too short", post("Content-Length: 5", "{\"prompt\":\"a\"}"), 400),
        one("a length that is too long", post("Content-Length: 500", "{\"prompt\":\"a\"}"), 408),
        one("a negative length", post("Content-Length: -1", "{\"prompt\":\"a\"}"), 400),
        one("a length with a sign", post("Content-Length: +14", "{\"prompt\":\"a\"}"), 400),
        one("a length in hexadecimal", post("Content-Length: 0xe", "{\"prompt\":\"a\"}"), 400),
        one(
            "a length beyond 64 bits",
            post("Content-Length: 18446744073709551630", "{\"prompt\":\"a\"}"),
            400),
        one(
            "two lengths",
            post("Content-Length: 14\r\nContent-Length: 5", "{\"prompt\":\"a\"}"),
            400),
        one("a list of lengths", post("Content-Length: 14, 5", "{\"prompt\":\"a\"}"), 400),
        one(
            "a chunk whose size is no number",
            post("Transfer-Encoding: chunked", "zz\r\n{}\r\n0" + END),
            400),
        one(
            "a chunk of a negative size",
            post("Transfer-Encoding: chunked", "-1\r\n{}\r\n0" + END),
            400),
        one(
            "a chunk larger than memory",
            post("Transfer-Encoding: chunked", "7fffffffffffffff\r\n{}"),
            400,
            408,
            413),
        one(
            "a chunk longer than its size",
            post("Transfer-Encoding: chunked", "2\r\n{}{}\r\n0" + END),
            400),
        one("chunks without an end", post("Transfer-Encoding: chunked", "2\r\n{}\r\n"), 408));
  }

  Stream<DynamicTest> smuggling() {
    return Stream.of(
        alone(
            "chunked, with a length as well",
            post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0" + END + SMUGGLED)),
        alone(
            "a length, with chunked as well",
            post("Transfer-Encoding: chunked\r\nContent-Length: 4", "0" + END + SMUGGLED)),
        alone(
            "chunked in disguise: a space before the colon",
            post("Transfer-Encoding : chunked\r\nContent-Length: 4", "0" + END + SMUGGLED)),
        alone(
            "chunked in disguise: a vertical tab before it",
            post("Transfer-Encoding: \u000bchunked\r\nContent-Length: 4", "0" + END + SMUGGLED)),
        alone(
            "chunked in disguise: another name",
            post("Transfer-Encoding: xchunked\r\nContent-Length: 4", "0" + END + SMUGGLED)),
        alone(
            "chunked in disguise: on a folded line",
            post("Transfer-Encoding:\r\n chunked\r\nContent-Length: 4", "0" + END + SMUGGLED)),
        alone(
            "chunked in disguise: a space before its line",
            "POST /api/v1/jobs HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: localhost\r\n"
                + "Content-Length: 4"
                + END
                + "0"
                + END
                + SMUGGLED),
        alone(
            "chunked, but not last",
            post("Transfer-Encoding: chunked, identity", "0" + END + SMUGGLED)),
        alone(
            "chunked of HTTP/1.0",
            post("Transfer-Encoding: chunked", "0" + END + SMUGGLED)
                .replace("HTTP/1.1\r\n", "HTTP/1.0\r\n")
                .replace("GET /healthz HTTP/1.0", "GET /healthz HTTP/1.1")),
        alone(
            "a second request in the rest of a short body",
            post("Content-Length: 0\r\nContent-Length: " + SMUGGLED.length(), SMUGGLED)),
        alone(
            "a second request behind a chunk's extension",
            post("Transfer-Encoding: chunked", "2;x=\n\r\n{}\r\n0" + END + SMUGGLED)));
  }

  Stream<DynamicTest> headers() {
    return Stream.of(
        one("lines that end with a bare line feed", get("X: a\nHost: localhost"), 400),
        one("a carriage return inside a header", get("Host: localhost\r\nX: a\rY: b"), 400),
        one("a NUL inside a header", get("Host: localhost\r\nX: a\0b"), 400),
        one("a NUL inside a header's name", get("Host: localhost\r\nX\0: a"), 400),
        one("a header without a colon", get("Host: localhost\r\nnonsense"), 400),
        one("a header without a name", get("Host: localhost\r\n: nothing"), 400),
        one("a header of 100 kB", get("Host: localhost\r\nX: " + "x".repeat(100_000)), 431),
        one("ten thousand headers", get("Host: localhost" + "\r\nX: y".repeat(10_000)), 431),
        one(
            "an address of 100 kB",
            "GET /" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: localhost" + END,
            414),
        one("no method", " / HTTP/1.1\r\nHost: localhost" + END, 400),
        one(
            "a method of 5 kB",
            "G".repeat(5000) + " / HTTP/1.1\r\nHost: localhost" + END,
            400,
            405),
        one(
            "a version that does not exist",
            "GET / HTTP/9.9\r\nHost: localhost" + END,
            400,
            501,
            505),
        one(
            "HTTP/2 on the plain port",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
            400,
            501,
            505),
        one(
            "an upgrade to HTTP/2",
            get("Host: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n"
                    + "HTTP2-Settings: AAMAAABkAAQAAP__")
                .replace("Connection: close\r\n", ""),
            200,
            400),
        cut("a TLS greeting to the plain port", ClientHello.tls12(0xc02b).text(), 400),
        cut("noise", "\u00ff\u00fe\u0000\u0001".repeat(2000), 400, 414));
  }

  private static String get(String headers) {
    return "GET /healthz HTTP/1.1\r\nConnection: close\r\n" + headers + END;
  }

  private static String post(String framing, String body) {
    return "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + framing
        + END
        + body;
  }

  /** The first answer is this refusal, and the daemon hangs up. */
  private DynamicTest refused(String name, int status, String code, String request) {
    return dynamicTest(
        name,
        () -> {
          List<Answer> answers = box.answers(request);
          assertThat(answers).hasSize(1);
          answers.get(0).refusedWith(status, code);
        });
  }

  /** One answer with one of these statuses, and the daemon hangs up. */
  private DynamicTest one(String name, String request, Integer... statuses) {
    return dynamicTest(
        name,
        () -> {
          List<Answer> answers = box.answers(request);
          assertThat(answers).hasSize(1);
          answers.get(0).has(statuses);
        });
  }

  /** As {@link #one}, or nothing but the end of the connection. */
  private DynamicTest cut(String name, String request, Integer... statuses) {
    return dynamicTest(
        name,
        () -> {
          List<Answer> answers = box.answers(request);
          assertThat(answers).hasSizeLessThanOrEqualTo(1);
          answers.forEach(answer -> answer.has(statuses));
        });
  }

  /** The first request is refused, and what follows it on the connection is never served. */
  private DynamicTest alone(String name, String request) {
    return dynamicTest(
        "smuggling: " + name,
        () -> {
          List<Answer> answers = box.answers(request);
          assertThat(answers).as("answers to one request").hasSize(1);
          answers.get(0).has(400, 501);
        });
  }
}
