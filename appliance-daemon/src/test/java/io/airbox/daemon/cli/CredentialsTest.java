package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which credential travels, and where none may. */
class CredentialsTest {
  private static final String KEY = "abx_k3v9x2ab_" + "S".repeat(43);

  @TempDir Path data;

  private Shell shell;
  private ScriptedDaemon daemon;

  @BeforeEach
  void start() {
    shell = new Shell(data);
    daemon =
        new ScriptedDaemon(data, "api.sock")
            .on("GET /api/v1/access", 200, new JsonObject().put("guests", true));
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void theKeyComesFromAnOptionAFileAPipeOrAVariable() throws IOException {
    Path file = Files.writeString(data.resolve("key"), KEY + "\n");

    assertThat(shell.airbox("access", "--host", daemon.url, "--key", KEY)).isZero();
    assertThat(shell.airbox("access", "--host", daemon.url, "--key-file", file)).isZero();
    shell.piping(KEY + "\r\n");
    assertThat(shell.airbox("access", "--host", daemon.url, "--key-file", "-")).isZero();
    shell.environment.put("AIRBOX_KEY", KEY);
    assertThat(shell.airbox("access", "--host", daemon.url)).isZero();

    assertThat(daemon.requests)
        .hasSize(8)
        .allMatch(request -> request.endsWith(" as Bearer " + KEY));
  }

  @Test
  void overASocketNoKeyTravels() {
    shell.environment.put("AIRBOX_KEY", KEY);
    assertThat(shell.airbox("access", "--data", data)).isZero();
    assertThat(daemon.requests).contains("GET /api/v1/access");

    assertThat(shell.airbox("access", "--data", data, "--key", KEY)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--host").doesNotContain(KEY);
  }

  @Test
  void twoKeysAtOnceAreRefused() {
    assertThat(shell.airbox("access", "--host", daemon.url, "--key", KEY, "--key-file", "x"))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--key").contains("--key-file").doesNotContain(KEY);
  }

  @Test
  void whatIsNoKeyIsNeitherSentNorRepeated() throws IOException {
    Path file = Files.writeString(data.resolve("key"), "hunter2\n");
    assertThat(shell.airbox("access", "--host", daemon.url, "--key-file", file))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains(file.toString()).doesNotContain("hunter2");

    Files.writeString(file, KEY + "\nX-Header: 1\n");
    assertThat(shell.airbox("access", "--host", daemon.url, "--key-file", file))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("more than one line").doesNotContain(KEY);

    shell.environment.put("AIRBOX_KEY", KEY + "é");
    assertThat(shell.airbox("access", "--host", daemon.url)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("AIRBOX_KEY").doesNotContain(KEY);
    assertThat(daemon.requests).isEmpty();
  }

  @Test
  void noKeyTravelsOverPlainHttpToAnotherMachine() {
    String elsewhere = "http://192.0.2.1:8999"; // documentation only, RFC 5737: nobody answers
    shell.environment.put("AIRBOX_KEY", KEY);
    for (String[] line :
        new String[][] {{"access"}, {"generate", "a"}, {"models", "list"}, {"keys", "list"}}) {
      Object[] words = new Object[line.length + 2];
      System.arraycopy(line, 0, words, 0, line.length);
      words[line.length] = "--host";
      words[line.length + 1] = elsewhere;
      assertThat(shell.airbox(words)).isEqualTo(ExitCodes.USAGE);
      assertThat(shell.err())
          .contains("https://192.0.2.1:8443")
          .contains("--insecure")
          .doesNotContain(KEY);
    }
  }

  @Test
  void aRedirectToTlsIsToldAndNotFollowed() {
    try (ScriptedDaemon other = new ScriptedDaemon(data)) {
      daemon.on(
          "GET /api/v1/access",
          307,
          Map.of("Location", other.url.replace("http", "https") + "/api/v1/access"),
          new JsonObject().put("code", "TLS_REQUIRED").put("detail", "this needs TLS"));

      assertThat(shell.airbox("access", "--host", daemon.url, "--key", KEY))
          .isEqualTo(ExitCodes.NOT_ALLOWED);
      assertThat(shell.err())
          .isEqualTo(
              "airbox: this works over HTTPS only; use --host "
                  + other.url.replace("http", "https")
                  + "\n");
      assertThat(other.requests).isEmpty();
    }
  }

  @Test
  void aRefusalSaysWhatCouldBeTriedAndEndsWithSeven() {
    refuse(401, "UNAUTHENTICATED", "a key is needed");
    assertThat(shell.airbox("access", "--host", daemon.url)).isEqualTo(ExitCodes.NOT_ALLOWED);
    assertThat(shell.err()).contains("a key is needed (--key-file");

    refuse(401, "INVALID_KEY", "the key is unknown, revoked or expired");
    assertThat(shell.airbox("access", "--host", daemon.url, "--key", KEY))
        .isEqualTo(ExitCodes.NOT_ALLOWED);
    assertThat(shell.err()).isEqualTo("airbox: the key is unknown, revoked or expired\n");

    refuse(403, "FORBIDDEN", "this needs the role owner, you are operator");
    assertThat(shell.airbox("access", "--data", data)).isEqualTo(ExitCodes.NOT_ALLOWED);
    assertThat(shell.err()).contains(data.resolve("api.sock").toString());

    refuse(403, "NOT_CLAIMED", "the box has no owner yet");
    assertThat(shell.airbox("access", "--host", daemon.url)).isEqualTo(ExitCodes.NOT_ALLOWED);
    assertThat(shell.err()).contains("`airbox claim`");

    refuse(429, "TOO_MANY_ATTEMPTS", "wait 30 s");
    assertThat(shell.airbox("access", "--host", daemon.url)).isEqualTo(ExitCodes.BUSY);
  }

  private void refuse(int status, String code, String detail) {
    daemon.on(
        "GET /api/v1/access", status, new JsonObject().put("code", code).put("detail", detail));
  }

  @Test
  void whatADaemonSaysCannotPlayWithTheTerminal() {
    refuse(500, "INTERNAL", "\u001b[2J\u202egone");
    assertThat(shell.airbox("access", "--data", data)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).isEqualTo("airbox: �[2J�gone\n");
  }

  @Test
  void somethingElseThanADaemonIsSaidToBeNone() {
    daemon.on("GET /api/v1/access", 200, Map.of(), "<html>");
    assertThat(shell.airbox("access", "--host", daemon.url)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("no AirBox daemon");
  }
}
