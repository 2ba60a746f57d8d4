package io.airbox.ota.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server whose certificate nobody vouches for. */
final class CertificateTest {
  private static final Instant FLOOR = Instant.parse("2026-11-23T00:00:00Z");
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private Path folder;
  private HttpsServer server;

  @BeforeEach
  void serve() throws Exception {
    Path keys = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                keys.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD);
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private UpdateException asked(Instant now) {
    Time time =
        new Time() {
          @Override
          public Instant instant() {
            return now;
          }

          @Override
          public long nanos() {
            return 0;
          }

          @Override
          public void pause(Duration pause) {}
        };
    URI address = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/r.json");
    return catchThrowableOfType(
        UpdateException.class,
        () -> Downloader.document(address, 10, DownloadOptions.USUAL, time, FLOOR));
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefused() {
    UpdateException refusal = asked(FLOOR);
    assertThat(refusal).hasMessageContaining("has a certificate that is not trusted: ");
    assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE);
  }

  @Test
  void aBoxInThe1970sIsToldThatItIsItsClock() {
    UpdateException refusal = asked(Instant.EPOCH);
    assertThat(refusal)
        .hasMessageContaining("this box believes that it is 1970-01-01T00:00:00Z")
        .hasMessageContaining("set its clock");
    assertThat(refusal.reason()).isEqualTo(Reason.CLOCK_NOT_SET);
  }
}
