package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
  @TempDir static Path data;
  private static TestDaemon daemon;

  @BeforeAll
  static void start() throws Exception {
    daemon = TestDaemon.start(data);
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  @Test
  void thePageComesWithItsPolicyAndASession() {
    HttpResponse<String> page = daemon.get("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("script-src 'self'")
        .contains("connect-src 'self';")
        .doesNotContain("unsafe")
        .doesNotContain("*")
        .doesNotContain("https");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    String cookie = page.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie).matches("airbox_session=[0-9a-f]{32}; Path=/; HTTPOnly; SameSite=Lax");
    String session = cookie.substring(0, cookie.indexOf(';'));
    assertThat(
            daemon
                .send(daemon.request("/").header("Cookie", session))
                .headers()
                .firstValue("Set-Cookie"))
        .isEmpty();
  }

  @Test
  void filesAreCompressedAndKnownByTheirTag() throws Exception {
    HttpResponse<byte[]> gzipped =
        daemon
            .client()
            .send(
                daemon.request("/").header("Accept-Encoding", "gzip").build(),
                BodyHandlers.ofByteArray());
    String tag = gzipped.headers().firstValue("ETag").orElseThrow();
    assertThat(gzipped.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(
            new String(
                new GZIPInputStream(new ByteArrayInputStream(gzipped.body())).readAllBytes(),
                StandardCharsets.UTF_8))
        .isEqualTo(daemon.get("/").body());
    HttpResponse<String> again =
        daemon.send(
            daemon.request("/").header("Accept-Encoding", "gzip").header("If-None-Match", tag));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void headTellsWhatGetWouldSend() {
    HttpResponse<String> head =
        daemon.send(
            daemon.request("/").method("HEAD", java.net.http.HttpRequest.BodyPublishers.noBody()));

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("ETag"))
        .isEqualTo(daemon.get("/").headers().firstValue("ETag"));
    assertThat(head.body()).isEmpty();
  }
}
