package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The box as a machine: a daemon that would do what it is told is no thing for a test. */
class SystemCommandTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir Path data;

  private Shell shell;
  private ScriptedDaemon daemon;

  @BeforeEach
  void start() {
    shell = new Shell(data, InstantSource.fixed(NOW));
    daemon = new ScriptedDaemon(data, "api.sock");
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private static JsonObject steps(boolean dryRun, String step) {
    return new JsonObject().put("dry_run", dryRun).put("steps", new JsonArray().add(step));
  }

  @Test
  void theMachineIsShownAndChanged() {
    daemon
        .on(
            "GET /api/v1/system",
            200,
            new JsonObject()
                .put("hostname", "studio")
                .put("time", "2026-11-23T12:00:00.123Z")
                .put(
                    "helper",
                    new JsonObject().put("available", false).put("reason", "this is no box")))
        .on("PUT /api/v1/system/hostname", 200, steps(true, "hostnamectl set-hostname atelier"))
        .on("PUT /api/v1/system/time", 200, steps(false, "date -s …"));
    assertThat(shell.airbox("system", "show", "--data", data)).isZero();
    assertThat(shell.out())
        .isEqualTo(
            """
            host name       studio
            time            2026-11-23T12:00:00Z
            can be changed  no: this is no box
            """);
    assertThat(shell.airbox("system", "hostname", "atelier", "--dry-run", "--data", data)).isZero();
    assertThat(shell.out()).isEqualTo("hostnamectl set-hostname atelier\n");
    assertThat(shell.err()).contains("nothing was done");
    assertThat(daemon.requests)
        .contains("PUT /api/v1/system/hostname {\"hostname\":\"atelier\",\"dry_run\":true}");

    assertThat(shell.airbox("system", "time", "2026-11-23T13:30:00+01:00", "--data", data))
        .isZero();
    assertThat(daemon.requests)
        .contains("PUT /api/v1/system/time {\"time\":\"2026-11-23T12:30:00Z\",\"dry_run\":false}");
    assertThat(shell.airbox("system", "time", "--host", daemon.url)).isZero();
    assertThat(daemon.requests)
        .contains("PUT /api/v1/system/time {\"time\":\"2026-11-23T12:00:00Z\",\"dry_run\":false}");
    assertThat(shell.airbox("system", "time", "--data", data)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.airbox("system", "time", "noon", "--data", data)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("TIME noon");
  }

  @Test
  void aRestartIsConfirmed() {
    daemon
        .on("GET /api/v1/system", 200, new JsonObject().put("hostname", "studio"))
        .on("POST /api/v1/system/reboot", 200, steps(false, "systemctl reboot"));
    assertThat(shell.airbox("system", "reboot", "--data", data)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--yes");
    for (String no : new String[] {"", "y", "no"}) {
      shell.typing(no);
      assertThat(shell.airbox("system", "reboot", "--data", data)).isEqualTo(ExitCodes.FAILED);
    }
    assertThat(daemon.requests).noneMatch(each -> each.startsWith("POST"));

    shell.typing("yes");
    assertThat(shell.airbox("system", "reboot", "--data", data)).isZero();
    assertThat(shell.err()).contains("Restart studio now?");
    shell.typing();
    assertThat(shell.airbox("system", "reboot", "--dry-run", "--data", data)).isZero();
    assertThat(shell.airbox("system", "reboot", "--yes", "--data", data)).isZero();
    assertThat(daemon.requests)
        .contains(
            "POST /api/v1/system/reboot {\"dry_run\":false}",
            "POST /api/v1/system/reboot {\"dry_run\":true}");
  }
}
