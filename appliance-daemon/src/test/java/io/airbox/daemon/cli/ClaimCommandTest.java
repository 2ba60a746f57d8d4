package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.tls.SystemNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimCommandTest {
  private static final String WORDS = "correct horse battery";

  @TempDir Path data;

  private Shell shell;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    shell = new Shell(data);
    daemon = TestDaemon.start(data);
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private boolean claimed() {
    return daemon.json("/api/v1/session").getBoolean("claimed");
  }

  private int signIn(String passphrase) {
    return daemon.post("/api/v1/session", "{\"passphrase\":\"" + passphrase + "\"}").statusCode();
  }

  private int claim() {
    shell.typing(WORDS, WORDS);
    return shell.airbox("claim", "--data", data);
  }

  @Test
  void aPassphraseTypedTwiceClaimsTheBoxThroughItsSocket() {
    assertThat(claim()).isZero();
    assertThat(shell.out()).startsWith("claimed  yes\n");
    assertThat(shell.err()).contains("the box is yours").doesNotContain(WORDS);
    assertThat(signIn(WORDS)).isEqualTo(201);
  }

  @Test
  void aWeakPassphraseAndATypingErrorAreAskedForAgain() {
    shell.typing("short", WORDS, "correct horse batterie", WORDS, WORDS);
    assertThat(shell.airbox("claim", "--data", data)).isZero();
    assertThat(shell.err()).contains("10…256 characters").contains("two different ones");
    assertThat(signIn(WORDS)).isEqualTo(201);
  }

  @Test
  void withoutAnAcceptablePassphraseNothingChanges() {
    shell.typing("a", "b", "c");
    assertThat(shell.airbox("claim", "--data", data)).isEqualTo(ExitCodes.USAGE);
    shell.typing();
    assertThat(shell.airbox("claim", "--data", data)).isEqualTo(ExitCodes.USAGE);
    shell.piping("short\n");
    assertThat(shell.airbox("claim", "--data", data, "--passphrase-file", "-"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("10…256 characters");
    assertThat(shell.airbox("claim", "--data", data)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--passphrase-file");
    assertThat(claimed()).isFalse();
  }

  @Test
  void withoutATerminalThePassphraseComesFromAFile() throws IOException {
    Path file = Files.writeString(data.resolve("words"), WORDS + "\n");
    assertThat(shell.airbox("claim", "--data", data, "--passphrase-file", file)).isZero();
    assertThat(signIn(WORDS)).isEqualTo(201);
  }

  @Test
  void withoutATerminalThePassphraseComesFromAPipe() {
    shell.piping("Größe und höhere Mächte");
    assertThat(shell.airbox("claim", "--data", data, "--passphrase-file", "-", "--json")).isZero();
    assertThat(shell.json().getBoolean("claimed")).isTrue();
    assertThat(signIn("Größe und höhere Mächte")).isEqualTo(201);
  }

  @Test
  void fromElsewhereTheCodeIsNeeded() throws Exception {
    shell.piping(WORDS);
    assertThat(shell.airbox("claim", "--host", daemon.url, "--passphrase-file", "-"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--code");
    shell.typing(WORDS, WORDS);
    assertThat(shell.airbox("claim", "--host", daemon.url, "--code", "AAAA-AAAA"))
        .isEqualTo(ExitCodes.NOT_ALLOWED);
    assertThat(claimed()).isFalse();

    shell.typing(daemon.offers.take().code() + " ", WORDS, WORDS);
    assertThat(shell.airbox("claim", "--host", daemon.url)).isZero();
    assertThat(signIn(WORDS)).isEqualTo(201);
  }

  @Test
  void aBoxWithAnOwnerIsNotAskedForAPassphrase() {
    assertThat(claim()).isZero();
    shell.typing();
    assertThat(shell.airbox("claim", "--data", data)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("has an owner already").contains("--reset");
    assertThat(shell.airbox("claim", "--data", data, "--show")).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("has an owner already");
  }

  @Test
  void showPrintsTheCodeAndHowLongItHolds() throws Exception {
    String code = daemon.offers.take().code();
    assertThat(shell.airbox("claim", "--show", "--data", data)).isZero();
    assertThat(shell.out()).matches("code     " + code + "\nexpires  in 60 minutes\n");
    assertThat(shell.airbox("claim", "--show", "--json", "--data", data)).isZero();
    assertThat(shell.json().getString("code")).isEqualTo(code);
  }

  @Test
  void aResetOffersTheBoxAnewAndKeepsTheKeys() {
    assertThat(claim()).isZero();
    assertThat(shell.airbox("keys", "add", "ci", "--data", data)).isZero();
    assertThat(shell.airbox("claim", "--reset", "--yes", "--data", data)).isZero();
    assertThat(shell.out()).matches("code     \\S{4}-\\S{4}\nexpires  in \\d+ minutes\n");
    assertThat(shell.err()).contains("API keys stay");
    assertThat(claimed()).isFalse();

    assertThat(claim()).isZero();
    assertThat(shell.airbox("keys", "list", "--data", data)).isZero();
    assertThat(shell.out()).contains(" ci ");
    assertThat(shell.airbox("claim", "--reset", "--revoke-keys", "--yes", "--data", data)).isZero();
    assertThat(shell.airbox("keys", "list", "--json", "--data", data)).isZero();
    assertThat(shell.json().getJsonArray("keys")).isEmpty();
  }

  @Test
  void withoutATerminalAResetNeedsYes() {
    assertThat(claim()).isZero();
    shell.piping("");
    assertThat(shell.airbox("claim", "--reset", "--data", data)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--yes");
    assertThat(claimed()).isTrue();
  }

  @Test
  void onATerminalAResetIsConfirmedByTypingTheHostName() {
    String host = new SystemNames().read().hostName();
    assertThat(claim()).isZero();
    shell.typing("yes");
    assertThat(shell.airbox("claim", "--reset", "--data", data)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains(host).contains("passphrase is forgotten");
    assertThat(claimed()).isTrue();

    shell.typing(host);
    assertThat(shell.airbox("claim", "--reset", "--revoke-keys", "--data", data)).isZero();
    assertThat(shell.err()).contains("All API keys end");
    assertThat(claimed()).isFalse();
  }

  @Test
  void recoveryIsForWhoeverIsAtTheBox() {
    for (String option : new String[] {"--show", "--reset"}) {
      assertThat(shell.airbox("claim", option, "--host", daemon.url)).isEqualTo(ExitCodes.USAGE);
      assertThat(shell.err()).contains("on the box itself");
    }
    assertThat(shell.airbox("claim", "--show", "--reset")).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.airbox("claim", "--yes")).isEqualTo(ExitCodes.USAGE);
  }
}
