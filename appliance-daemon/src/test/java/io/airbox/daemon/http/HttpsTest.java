package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.tls.BoxTls;
import io.airbox.daemon.tls.InetNames;
import io.airbox.daemon.tls.TlsIdentity;
import io.airbox.daemon.tls.TlsPolicy;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpsTest {
  private static final String LAN = "127.0.0.2";

  @TempDir static Path data;
  private static TestDaemon daemon;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    daemon =
        TestDaemon.start(
            data,
            Map.of("https.enabled", "true", "http.names", "box.example"),
            address -> !address.getHostAddress().equals(LAN));
    port = URI.create(daemon.httpsUrl()).getPort();
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  private static SSLSocket connect() throws IOException {
    return (SSLSocket) RawHttp.trusting().getSocketFactory().createSocket("127.0.0.1", port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void modernTlsAndHttp11AreSpoken(String protocol) throws Exception {
    try (SSLSocket socket = connect()) {
      socket.setEnabledProtocols(new String[] {protocol});
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();

      assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
      assertThat(socket.getSession().getCipherSuite()).isIn(TlsPolicy.CIPHER_SUITES);
    }
  }

  @Test
  void ciphersWithoutForwardSecrecyOrAuthenticatedEncryptionAreRefused() throws Exception {
    try (SSLSocket socket = connect()) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.setEnabledCipherSuites(
          Arrays.stream(socket.getSupportedCipherSuites())
              .filter(suite -> suite.contains("_CBC_") || suite.startsWith("TLS_RSA_"))
              .toArray(String[]::new));

      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void plainHttpOnTheTlsPortIsNotServed() {
    RawHttp.Way plain =
        request -> {
          try (var socket = RawHttp.connected(port, "127.0.0.1")) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request);
            return socket.getInputStream().readAllBytes();
          }
        };
    assertThat(plain.talk("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .doesNotContain("HTTP/1.1 200");
  }

  @Test
  void theSessionSaysWhatTheCertificateIs() throws Exception {
    JsonObject session =
        new JsonObject(RawHttp.https(daemon).send("GET", "/api/v1/session", "", "").body());
    JsonObject certificate =
        new JsonObject(RawHttp.http(daemon).send("GET", "/api/v1/certificate", "", "").body());

    assertThat(session.getString("channel")).isEqualTo("tls");
    assertThat(session.getString("https")).isEqualTo("https://localhost:" + port + "/");
    assertThat(session.getJsonObject("certificate").getString("sha256"))
        .isEqualTo(certificate.getString("sha256"));
    assertThat(certificate.getString("source")).isEqualTo("own");
    assertThat(certificate.getJsonArray("names")).contains("box.example", "localhost");
    try (SSLSocket socket = connect()) {
      socket.startHandshake();
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      assertThat(certificate.getString("pem"))
          .contains(
              java.util.Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                  .encodeToString(shown.getEncoded()));
    }
  }

  @Test
  void theCookieOverTlsCannotBeSetOrReadElsewhere() {
    RawHttp.Way https = RawHttp.https(daemon);
    RawHttp.Reply in =
        https.send(
            "POST",
            "/api/v1/claim",
            "",
            "{\"code\":\""
                + daemon.offers.remove().code()
                + "\",\"passphrase\":\"good old horse\"}");

    assertThat(in.status()).as(in.body()).isEqualTo(201);
    assertThat(in.header("Set-Cookie"))
        .matches("__Host-airbox=[\\w-]{43}; Path=/; Secure; HTTPOnly; SameSite=Strict");
    String token = in.header("Set-Cookie").split("[=;]")[1];
    // over TLS a cookie that plain HTTP could have set does not count, nor the other way round
    assertThat(
            https
                .send("GET", "/api/v1/keys", "Cookie: __Host-airbox=" + token + "\r\n", "")
                .status())
        .isEqualTo(200);
    assertThat(
            https.send("GET", "/api/v1/keys", "Cookie: airbox_login=" + token + "\r\n", "").code())
        .isEqualTo("UNAUTHENTICATED");
    RawHttp.Way lan = RawHttp.http(daemon, LAN);
    assertThat(
            lan.send("GET", "/api/v1/keys", "Cookie: __Host-airbox=" + token + "\r\n", "").status())
        .isEqualTo(307);
    assertThat(lan.send("GET", "/healthz", "Cookie: airbox_login=" + token + "\r\n", "").code())
        .isEqualTo("TLS_REQUIRED");
    assertThat(RawHttp.unix(daemon.places.socket()).send("GET", "/api/v1/audit", "", "").body())
        .contains("\"outcome\":\"TLS_REQUIRED\"");
  }

  @Test
  void aCertificateIsExchangedWhileConnectionsGoOn() throws Exception {
    RawHttp.Way socket = RawHttp.unix(daemon.places.socket());
    TlsIdentity other =
        BoxTls.open(
                data.resolve("other"),
                () -> new InetNames.Snapshot("other", List.of()),
                List.of(),
                InstantSource.system())
            .identity()
            .orElseThrow();
    JsonObject upload =
        new JsonObject()
            .put("chain", new String(other.chainPem(), StandardCharsets.US_ASCII))
            .put("key", new String(other.keyPem(), StandardCharsets.US_ASCII));
    try (SSLSocket early = connect()) {
      early.setSoTimeout(20_000);
      assertThat(health(early)).contains("200 OK");
      X509Certificate own = shown();

      RawHttp.Reply installed = socket.send("PUT", "/api/v1/certificate", "", upload.encode());

      assertThat(installed.status()).as(installed.body()).isEqualTo(200);
      assertThat(new JsonObject(installed.body()).getString("source")).isEqualTo("uploaded");
      assertThat(shown()).isEqualTo(other.leaf());
      assertThat(health(early)).contains("200 OK");
      assertThat(socket.send("DELETE", "/api/v1/certificate", "", "").status()).isEqualTo(200);
      assertThat(shown()).isEqualTo(own);
      assertThat(health(early)).contains("200 OK");
    }
    assertThat(socket.send("GET", "/api/v1/audit", "", "").body())
        .contains("certificate.install", "certificate.reset")
        .doesNotContain("PRIVATE");
  }

  @Test
  void aChainThatDoesNotFitIsRefusedWithItsField() {
    RawHttp.Way socket = RawHttp.unix(daemon.places.socket());
    RawHttp.Reply reply =
        socket.send("PUT", "/api/v1/certificate", "", "{\"chain\":\"no\",\"key\":\"no\"}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(new JsonObject(reply.body()).getString("field")).isIn("chain", "key");
  }

  /** What a new connection is shown. */
  private static X509Certificate shown() throws IOException {
    try (SSLSocket socket = connect()) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  /** The reply to one request of a connection that stays open. */
  private static String health(SSLSocket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    StringBuilder reply = new StringBuilder();
    while (reply.indexOf("{\"status\":\"ok\"}") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).isNotNegative();
      reply.append((char) next);
    }
    return reply.toString();
  }

  @Test
  void theLanIsSentToHttpsWithPathAndQuery() {
    RawHttp.Way lan = RawHttp.http(daemon, LAN);
    RawHttp.Reply reply = lan.send("GET", "/api/v1/audit?limit=5", "", "");

    assertThat(reply.status()).isEqualTo(307);
    assertThat(reply.header("Location"))
        .isEqualTo("https://localhost:" + port + "/api/v1/audit?limit=5");
    assertThat(reply.code()).isEqualTo("TLS_REQUIRED");
    assertThat(lan.send("GET", "/", "", "").status()).isEqualTo(200);
    assertThat(lan.send("GET", "//evil.example/", "", "").header("Location")).isEmpty();
  }
}
