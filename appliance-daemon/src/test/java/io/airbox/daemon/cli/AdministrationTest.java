package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.tls.SystemNames;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The owner's verbs through the owner's socket. */
class AdministrationTest {
  @TempDir Path data;

  private Shell shell;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    shell = new Shell(data);
    daemon = TestDaemon.start(data, Map.of("https.enabled", "true"));
    shell.piping("correct horse battery");
    assertThat(airbox("claim", "--passphrase-file", "-")).isZero();
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private int airbox(Object... words) {
    Object[] all = Arrays.copyOf(words, words.length + 2);
    all[words.length] = "--data";
    all[words.length + 1] = data;
    return shell.airbox(all);
  }

  @Test
  void aNewKeyIsAloneOnStandardOutputAndLetsIn() {
    assertThat(airbox("keys", "list")).isZero();
    assertThat(shell.err()).contains("there are no keys");

    assertThat(airbox("keys", "add", "ci")).isZero();
    String key = shell.out().strip();
    assertThat(key).startsWith("abx_").doesNotContain("\n");
    assertThat(shell.err()).contains("role user", "expires never", "not shown again");
    assertThat(shell.err()).doesNotContain(key);
    assertThat(shell.airbox("models", "list", "--host", daemon.url, "--key", key, "--json"))
        .isZero();

    assertThat(
            airbox(
                "keys",
                "add",
                "the shop",
                "--role",
                "operator",
                "--expires",
                "90d",
                "--pictures-per-day",
                "200",
                "--concurrent-jobs",
                "2",
                "--json"))
        .isZero();
    JsonObject made = shell.json();
    assertThat(made.getString("key")).startsWith("abx_" + made.getString("id") + "_");
    assertThat(airbox("keys", "list")).isZero();
    assertThat(shell.out())
        .containsPattern("(?m)^" + key.substring(4, 12) + "  ci        user      .*  never  ")
        .containsPattern(
            "(?m)^" + made.getString("id") + "  the shop  operator  .*  in 90 days  never  ")
        .contains("0 of 200");
    assertThat(airbox("keys", "list", "--json")).isZero();
    assertThat(shell.json().getJsonArray("keys")).hasSize(2);
  }

  @Test
  void wrongWishesForAKeyAreWrongUsage() {
    assertThat(airbox("keys", "add", "ci", "--role", "root")).isEqualTo(ExitCodes.USAGE);
    assertThat(airbox("keys", "add", "ci", "--expires", "soon")).isEqualTo(ExitCodes.USAGE);
    assertThat(airbox("keys", "add", "ci", "--expires", "2001-01-01T00:00:00Z"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(airbox("keys", "add", "ci", "--pictures-per-day", "0")).isEqualTo(ExitCodes.USAGE);
    assertThat(airbox("keys", "add", " ")).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).hasLineCount(1);
  }

  @Test
  void aKeyIsRevokedByItsIdAndAMistakeSuggestsTheClosest() {
    assertThat(airbox("keys", "add", "the shop", "--json")).isZero();
    String id = shell.json().getString("id");
    String key = shell.json().getString("key");

    String near = id.substring(0, 7) + (id.endsWith("0") ? "1" : "0");
    assertThat(airbox("keys", "revoke", near)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("Did you mean \"" + id + "\"?");
    assertThat(airbox("keys", "revoke", "The Shop")).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("Did you mean \"" + id + "\"");
    assertThat(airbox("keys", "revoke", "../keys")).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("there is no key \"../keys\"");

    assertThat(airbox("keys", "revoke", id)).isZero();
    assertThat(shell.out()).isEqualTo("revoked " + id + "\n");
    assertThat(shell.airbox("models", "list", "--host", daemon.url, "--key", key))
        .isEqualTo(ExitCodes.NOT_ALLOWED);
  }

  @Test
  void guestsAreLetInAndOut() {
    assertThat(airbox("access")).isZero();
    assertThat(shell.out()).isEqualTo("guests  on\n");
    assertThat(airbox("access", "--guests", "off")).isZero();
    assertThat(shell.out()).isEqualTo("guests  off\n");
    assertThat(shell.airbox("models", "list", "--host", daemon.url))
        .isEqualTo(ExitCodes.NOT_ALLOWED);
    assertThat(shell.err()).contains("--key-file");
    assertThat(airbox("access", "--guests", "maybe")).isEqualTo(ExitCodes.USAGE);
    assertThat(airbox("access", "--guests", "on", "--json")).isZero();
    assertThat(shell.json()).isEqualTo(new JsonObject().put("guests", true));
    assertThat(shell.airbox("models", "list", "--host", daemon.url)).isZero();
  }

  @Test
  void theAuditLogTellsWhatHappenedTheNewestLast() {
    assertThat(airbox("access", "--guests", "off")).isZero();
    assertThat(airbox("audit", "--limit", "2")).isZero();
    assertThat(shell.out()).hasLineCount(2).containsPattern("(?s)claim.*guest");
    assertThat(airbox("audit", "--json")).isZero();
    int newest = shell.json().getJsonArray("entries").getJsonObject(0).getInteger("number");
    assertThat(airbox("audit", "--before", newest, "--json")).isZero();
    assertThat(shell.json().getJsonArray("entries").getJsonObject(0).getInteger("number"))
        .isEqualTo(newest - 1);
    assertThat(airbox("audit", "--limit", "0")).isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void theCertificateIsShownAndABadOneRefused() throws IOException {
    daemon.httpsUrl();
    assertThat(airbox("certificate", "show")).isZero();
    assertThat(shell.out()).contains("own: made by the box").contains("public key SHA-256");
    assertThat(airbox("certificate", "show", "--json")).isZero();
    String pem = shell.json().getString("pem");

    Path chain = Files.writeString(data.resolve("chain.pem"), pem);
    Path key = Files.writeString(data.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\nB\n");
    assertThat(airbox("certificate", "install", chain, key)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).startsWith("airbox: ").hasLineCount(1);
    Path der = Files.write(data.resolve("chain.der"), new byte[] {0x30, (byte) 0x82});
    assertThat(airbox("certificate", "install", der, key)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains(der + " is no PEM file");
    assertThat(airbox("certificate", "install", chain, data.resolve("no")))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(airbox("certificate", "reset")).isZero();
    assertThat(shell.out()).contains("made by the box");
  }

  @Test
  void withoutAHelperTheMachineIsShownAndNotChanged() {
    assertThat(airbox("system", "show")).isZero();
    assertThat(shell.out())
        .contains("host name       " + new SystemNames().read().hostName())
        .contains("can be changed  no: ");
    assertThat(airbox("system", "hostname", "studio", "--dry-run")).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).startsWith("airbox: ").hasLineCount(1);
    assertThat(airbox("system", "reboot", "--yes", "--dry-run")).isEqualTo(ExitCodes.FAILED);
    assertThat(airbox("system", "time", "2026-11-23T12:00:00Z", "--dry-run"))
        .isEqualTo(ExitCodes.FAILED);
  }
}
