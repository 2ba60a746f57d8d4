package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.tls.BoxTls;
import io.airbox.daemon.tls.InetNames;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A box over TLS that no authority vouches for. */
class TrustOnFirstUseTest {
  private static final String OTHER = "00:".repeat(31) + "00";

  @TempDir Path data;
  @TempDir Path home;

  private Shell shell;
  private TestDaemon daemon;
  private String url;
  private String fingerprint;

  @BeforeEach
  void start() throws Exception {
    daemon = TestDaemon.start(data, Map.of("https.enabled", "true"));
    url = daemon.httpsUrl();
    fingerprint = daemon.json("/api/v1/certificate").getString("public_key_sha256");
    shell = new Shell(home);
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private Path known() {
    return home.resolve(".airbox/known_boxes");
  }

  private int models(Object... more) {
    Object[] words = {"models", "list", "--host", url};
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return shell.airbox(all);
  }

  @Test
  void anUnknownBoxIsAskedAboutOnceAndRemembered() throws IOException {
    shell.typing("yes");
    assertThat(models()).isZero();
    assertThat(shell.err()).contains(fingerprint).contains("Is it the same?");
    assertThat(known()).content().contains(fingerprint);

    shell.piping("");
    assertThat(models()).isZero();
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void aNoSendsAndRemembersNothing() {
    shell.typing("no");
    assertThat(models()).isEqualTo(ExitCodes.UNKNOWN_BOX);
    assertThat(known()).doesNotExist();
  }

  @Test
  void withoutATerminalTheFingerprintHasToBeNamed() {
    assertThat(models()).isEqualTo(ExitCodes.UNKNOWN_BOX);
    assertThat(shell.err()).contains(fingerprint).contains("--fingerprint");
    assertThat(models("--fingerprint", fingerprint)).isZero();
    assertThat(models("--fingerprint", fingerprint.replace(":", "").toLowerCase(Locale.ROOT)))
        .isZero();
    assertThat(known()).doesNotExist();

    assertThat(models("--fingerprint", OTHER)).isEqualTo(ExitCodes.UNKNOWN_BOX);
    assertThat(models("--fingerprint", "AB:CD")).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.airbox("models", "list", "--host", daemon.url, "--fingerprint", OTHER))
        .isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void aBoxWithAnotherKeyIsRefusedWhateverIsTyped() throws IOException {
    shell.typing("yes");
    assertThat(models()).isZero();
    Files.writeString(known(), Files.readString(known()).replace(fingerprint, OTHER));

    shell.typing("yes");
    assertThat(models()).isEqualTo(ExitCodes.UNKNOWN_BOX);
    assertThat(shell.err()).contains("another public key").contains(known().toString());
  }

  @Test
  void whatSpeaksNoTlsIsSaidSo() throws IOException {
    url = daemon.url.replace("http:", "https:");
    assertThat(models()).isEqualTo(ExitCodes.UNREACHABLE);
    assertThat(shell.err()).contains("speaks no TLS").doesNotContain("Exception");

    try (ServerSocket closed = new ServerSocket(0)) {
      url = "https://127.0.0.1:" + closed.getLocalPort();
    }
    assertThat(models()).isEqualTo(ExitCodes.UNREACHABLE);
    assertThat(shell.err())
        .isEqualTo("airbox: no daemon answers at " + url + "; is it running there?\n");
  }

  @Test
  void aCertificateInstalledFromHereIsFollowed(@TempDir Path authority) throws Exception {
    BoxTls other =
        BoxTls.open(
            authority,
            () -> new InetNames.Snapshot("studio", List.of()),
            List.of(),
            InstantSource.system());
    Path chain = Files.write(home.resolve("chain.pem"), other.identity().orElseThrow().chainPem());
    Path key = Files.write(home.resolve("key.pem"), other.identity().orElseThrow().keyPem());
    Shell owner = new Shell(data);
    owner.piping("correct horse battery");
    assertThat(owner.airbox("claim", "--passphrase-file", "-", "--data", data)).isZero();
    assertThat(owner.airbox("keys", "add", "me", "--role", "owner", "--data", data)).isZero();
    shell.environment.put("AIRBOX_KEY", owner.out().strip());
    shell.typing("yes");
    assertThat(models()).isZero();

    assertThat(shell.airbox("certificate", "install", chain, key, "--host", url)).isZero();
    assertThat(shell.out()).contains("uploaded");
    assertThat(known()).content().doesNotContain(fingerprint);
    shell.piping("");
    assertThat(models()).isZero();
    assertThat(shell.airbox("certificate", "reset", "--host", url)).isZero();
    assertThat(known()).content().contains(fingerprint);
    assertThat(models()).isZero();
  }

  @Test
  void aPlainRequestIsToldTheHttpsAddress(@TempDir Path far) throws Exception {
    try (TestDaemon lan =
        TestDaemon.start(far, Map.of("https.enabled", "true"), address -> false)) {
      lan.httpsUrl();
      assertThat(shell.airbox("keys", "list", "--host", lan.url)).isEqualTo(ExitCodes.NOT_ALLOWED);
      assertThat(shell.err())
          .isEqualTo(
              "airbox: this works over HTTPS only; use --host "
                  + lan.httpsUrl().replaceFirst("/$", "")
                  + "\n");
    }
  }
}
