package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimCommandTest {
  private static final String WORDS = "correct horse battery";
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir Path data;

  private Shell shell;
  private ScriptedDaemon daemon;

  @BeforeEach
  void start() {
    shell = new Shell(data, InstantSource.fixed(NOW));
    daemon =
        new ScriptedDaemon(data, "api.sock")
            .on("GET /api/v1/session", 200, new JsonObject().put("claimed", false))
            .on(
                "POST /api/v1/claim",
                201,
                new JsonObject().put("claimed", true).put("https", "https://box:8443/"))
            .on("GET /api/v1/claim", 200, offer())
            .on("DELETE /api/v1/claim", 200, offer())
            .on("DELETE /api/v1/claim?keys=revoke", 200, offer())
            .on("GET /api/v1/system", 200, new JsonObject().put("hostname", "studio"));
  }

  private static JsonObject offer() {
    return new JsonObject()
        .put("claimed", false)
        .put("code", "K7QF-2M9X")
        .put("expires", "2026-11-23T12:52:00.000Z");
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void aPassphraseTypedTwiceClaimsTheBoxThroughItsSocket() {
    shell.typing(WORDS, WORDS);
    assertThat(shell.airbox("claim", "--data", data)).isZero();
    assertThat(daemon.requests).contains("POST /api/v1/claim {\"passphrase\":\"" + WORDS + "\"}");
    assertThat(shell.out()).contains("https://box:8443/");
    assertThat(shell.err()).contains("the box is yours").doesNotContain(WORDS);
  }

  @Test
  void aWeakPassphraseAndATypingErrorAreAskedForAgain() {
    shell.typing("short", WORDS, "correct horse batterie", WORDS, WORDS);
    assertThat(shell.airbox("claim", "--data", data)).isZero();
    assertThat(shell.err()).contains("10…256 characters").contains("two different ones");

    shell.typing("a", "b", "c");
    assertThat(shell.airbox("claim", "--data", data)).isEqualTo(ExitCodes.USAGE);
    shell.typing();
    assertThat(shell.airbox("claim", "--data", data)).isEqualTo(ExitCodes.USAGE);
    assertThat(daemon.requests.stream().filter(each -> each.startsWith("POST"))).hasSize(1);
  }

  @Test
  void withoutATerminalThePassphraseComesFromAFileOrAPipe() throws IOException {
    Path file = Files.writeString(data.resolve("words"), WORDS + "\n");
    assertThat(shell.airbox("claim", "--data", data, "--passphrase-file", file)).isZero();
    shell.piping(WORDS);
    assertThat(shell.airbox("claim", "--data", data, "--passphrase-file", "-")).isZero();
    assertThat(daemon.requests.stream().filter(each -> each.contains(WORDS))).hasSize(2);

    shell.piping("short\n");
    assertThat(shell.airbox("claim", "--data", data, "--passphrase-file", "-"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("10…256 characters");
    assertThat(shell.airbox("claim", "--data", data)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--passphrase-file");
  }

  @Test
  void fromElsewhereTheCodeIsNeeded() {
    shell.typing("K7QF-2M9X ", WORDS, WORDS);
    assertThat(shell.airbox("claim", "--host", daemon.url)).isZero();
    assertThat(daemon.requests)
        .contains("POST /api/v1/claim {\"code\":\"K7QF-2M9X\",\"passphrase\":\"" + WORDS + "\"}");

    shell.typing(WORDS, WORDS);
    assertThat(shell.airbox("claim", "--host", daemon.url, "--code", "AAAA-AAAA")).isZero();
    shell.piping(WORDS);
    assertThat(shell.airbox("claim", "--host", daemon.url, "--passphrase-file", "-"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--code");
    assertThat(shell.airbox("claim", "--data", data, "--code", "AAAA-AAAA"))
        .isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void aBoxWithAnOwnerIsNotAskedForAPassphrase() {
    daemon
        .on("GET /api/v1/session", 200, new JsonObject().put("claimed", true))
        .on("GET /api/v1/claim", 200, new JsonObject().put("claimed", true));
    shell.typing(WORDS, WORDS);
    assertThat(shell.airbox("claim", "--data", data)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("has an owner already").contains("--reset");
    assertThat(shell.airbox("claim", "--data", data, "--show")).isEqualTo(ExitCodes.FAILED);
    assertThat(daemon.requests).noneMatch(each -> each.contains(WORDS));
  }

  @Test
  void whoWasFasterIsTheOwner() {
    daemon.on("POST /api/v1/claim", 409, new JsonObject().put("code", "ALREADY_CLAIMED"));
    shell.typing(WORDS, WORDS);
    assertThat(shell.airbox("claim", "--data", data)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("has an owner already");
  }

  @Test
  void showPrintsTheCodeAndHowLongItHolds() {
    assertThat(shell.airbox("claim", "--show", "--data", data)).isZero();
    assertThat(shell.out()).isEqualTo("code     K7QF-2M9X\nexpires  in 52 minutes\n");
    assertThat(shell.airbox("claim", "--show", "--json", "--data", data)).isZero();
    assertThat(shell.json()).isEqualTo(offer());
  }

  @Test
  void aResetIsConfirmedByTypingTheHostName() {
    daemon.on("GET /api/v1/claim", 200, new JsonObject().put("claimed", true));
    shell.typing("yes");
    assertThat(shell.airbox("claim", "--reset", "--data", data)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("studio").contains("passphrase is forgotten");
    assertThat(daemon.requests).noneMatch(each -> each.startsWith("DELETE"));

    shell.typing("studio");
    assertThat(shell.airbox("claim", "--reset", "--data", data)).isZero();
    assertThat(shell.out()).contains("K7QF-2M9X");
    assertThat(daemon.requests).contains("DELETE /api/v1/claim");

    shell.typing("studio");
    assertThat(shell.airbox("claim", "--reset", "--revoke-keys", "--data", data)).isZero();
    assertThat(daemon.requests).contains("DELETE /api/v1/claim?keys=revoke");
  }

  @Test
  void withoutATerminalAResetNeedsYes() {
    daemon.on("GET /api/v1/claim", 200, new JsonObject().put("claimed", true));
    assertThat(shell.airbox("claim", "--reset", "--data", data)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--yes");
    assertThat(shell.airbox("claim", "--reset", "--yes", "--data", data)).isZero();
    assertThat(daemon.requests).contains("DELETE /api/v1/claim");
  }

  @Test
  void recoveryIsForWhoeverIsAtTheBox() {
    for (String option : new String[] {"--show", "--reset"}) {
      assertThat(shell.airbox("claim", option, "--host", daemon.url)).isEqualTo(ExitCodes.USAGE);
      assertThat(shell.err()).contains("on the box itself");
    }
    assertThat(shell.airbox("claim", "--show", "--reset")).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.airbox("claim", "--yes")).isEqualTo(ExitCodes.USAGE);
    assertThat(daemon.requests).isEmpty();
  }
}
