package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
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

/** The owner's verbs: keys, access, audit, certificate, system. */
class AdministrationTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final String PRINT = "AB:".repeat(31) + "CD";

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

  private static JsonObject key(String id, String name) {
    return new JsonObject()
        .put("id", id)
        .put("name", name)
        .put("role", "user")
        .put("created", "2026-11-20T12:00:00.000Z")
        .put("expires", null)
        .put("pictures_per_day", null)
        .put("concurrent_jobs", null)
        .put("last_used", null)
        .put("pictures_today", 0);
  }

  private static JsonObject keys() {
    return new JsonObject()
        .put(
            "keys",
            new JsonArray()
                .add(key("k3v9x2ab", "ci"))
                .add(
                    key("zz22yy33", "the shop")
                        .put("expires", "2027-02-21T12:00:00.000Z")
                        .put("last_used", "2026-11-23T11:57:00.000Z")
                        .put("pictures_per_day", 200)
                        .put("pictures_today", 12)
                        .put("concurrent_jobs", 2)));
  }

  @Test
  void keysAreATableWithTimesAsPeopleSayThem() {
    daemon.on("GET /api/v1/keys", 200, keys());
    assertThat(shell.airbox("keys", "list", "--data", data)).isZero();
    assertThat(shell.out())
        .isEqualTo(
            """
            ID        NAME      ROLE  CREATED     EXPIRES     LAST USED      PICTURES TODAY  JOBS
            k3v9x2ab  ci        user  3 days ago  never       never          0               any
            zz22yy33  the shop  user  3 days ago  in 90 days  3 minutes ago  12 of 200       at most 2
            """);
    assertThat(shell.airbox("keys", "list", "--json", "--data", data)).isZero();
    assertThat(shell.json()).isEqualTo(keys());
  }

  @Test
  void aNewKeyIsAloneOnStandardOutput() {
    JsonObject made = key("k3v9x2ab", "ci").put("key", "abx_k3v9x2ab_secret");
    daemon.on("POST /api/v1/keys", 201, made);
    assertThat(shell.airbox("keys", "add", "ci", "--data", data)).isZero();
    assertThat(shell.out()).isEqualTo("abx_k3v9x2ab_secret\n");
    assertThat(shell.err()).contains("not shown again").doesNotContain("secret");
    assertThat(shell.airbox("keys", "add", "ci", "--json", "--data", data)).isZero();
    assertThat(shell.json()).isEqualTo(made);

    assertThat(
            shell.airbox(
                "keys",
                "add",
                "ci",
                "--role",
                "operator",
                "--expires",
                "90d",
                "--pictures-per-day",
                "200",
                "--concurrent-jobs",
                "2",
                "--data",
                data))
        .isZero();
    assertThat(daemon.requests)
        .contains(
            "POST /api/v1/keys {\"name\":\"ci\",\"role\":\"operator\","
                + "\"expires\":\"2027-02-21T12:00:00Z\",\"pictures_per_day\":200,"
                + "\"concurrent_jobs\":2}");
    assertThat(shell.airbox("keys", "add", "ci", "--role", "root", "--data", data))
        .isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void anUnknownKeyToRevokeSuggestsTheClosestIdOrThatOfTheName() {
    daemon.on("GET /api/v1/keys", 200, keys());
    assertThat(shell.airbox("keys", "revoke", "k3v9x2aa", "--data", data))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("Did you mean \"k3v9x2ab\"?");
    assertThat(shell.airbox("keys", "revoke", "The Shop", "--data", data))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("Did you mean \"zz22yy33\"");
    assertThat(daemon.requests).contains("DELETE /api/v1/keys/The%20Shop");

    daemon.on("DELETE /api/v1/keys/k3v9x2ab", 200, new JsonObject());
    assertThat(shell.airbox("keys", "revoke", "k3v9x2ab", "--data", data)).isZero();
    assertThat(shell.out()).isEqualTo("revoked k3v9x2ab\n");
    assertThat(shell.airbox("keys", "revoke", "k3v9x2ab", "--json", "--data", data)).isZero();
    assertThat(shell.json()).isEqualTo(new JsonObject().put("revoked", "k3v9x2ab"));
  }

  @Test
  void guestsAreLetInAndOut() {
    daemon
        .on("GET /api/v1/access", 200, new JsonObject().put("guests", true))
        .on("PUT /api/v1/access", 200, new JsonObject().put("guests", false));
    assertThat(shell.airbox("access", "--data", data)).isZero();
    assertThat(shell.out()).isEqualTo("guests  on\n");
    assertThat(shell.airbox("access", "--guests", "off", "--data", data)).isZero();
    assertThat(shell.out()).isEqualTo("guests  off\n");
    assertThat(daemon.requests).contains("PUT /api/v1/access {\"guests\":false}");
    assertThat(shell.airbox("access", "--guests", "maybe", "--data", data))
        .isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void theAuditLogIsReadFromTopToBottom() {
    JsonObject newest =
        new JsonObject()
            .put("number", 12)
            .put("time", "2026-11-23T11:59:00.123Z")
            .put("actor", "owner")
            .put("address", "192.0.2.7")
            .put("channel", "tls")
            .put("action", "guests.set")
            .put("target", null)
            .put("before", "on")
            .put("after", "off")
            .put("outcome", "done");
    JsonObject older =
        newest
            .copy()
            .put("number", 9)
            .put("actor", "local")
            .put("address", "socket")
            .put("channel", "socket")
            .put("action", "key.add")
            .put("target", "k3v9x2ab")
            .put("before", null)
            .put("after", "\u001b[2Jci, user");
    daemon.on(
        "GET /api/v1/audit?limit=2",
        200,
        new JsonObject().put("entries", new JsonArray().add(newest).add(older)));
    assertThat(shell.airbox("audit", "--limit", "2", "--data", data)).isZero();
    assertThat(shell.out())
        .isEqualTo(
            """
            9   2026-11-23T11:59:00Z  local  socket         done  key.add k3v9x2ab: �[2Jci, user
            12  2026-11-23T11:59:00Z  owner  192.0.2.7 tls  done  guests.set: on → off
            """);
  }

  private static JsonObject certificate() {
    return new JsonObject()
        .put("source", "own")
        .put("names", new JsonArray().add("airbox.local").add("192.0.2.7"))
        .put("not_before", "2026-11-23T00:00:00Z")
        .put("not_after", "2027-02-21T12:00:00Z")
        .put("sha256", PRINT)
        .put("public_key_sha256", PRINT)
        .put("pem", "-----BEGIN CERTIFICATE-----\n");
  }

  @Test
  void aCertificateIsShownInstalledAndTakenBack() throws IOException {
    daemon
        .on("GET /api/v1/certificate", 200, certificate())
        .on("PUT /api/v1/certificate", 200, certificate().put("source", "uploaded"))
        .on("DELETE /api/v1/certificate", 200, certificate());
    assertThat(shell.airbox("certificate", "show", "--data", data)).isZero();
    assertThat(shell.out())
        .isEqualTo(
            """
            source               own: made by the box
            names                airbox.local, 192.0.2.7
            valid from           2026-11-23T00:00:00Z (12 hours ago)
            valid until          2027-02-21T12:00:00Z (in 90 days)
            certificate SHA-256  %s
            public key SHA-256   %s
            """
                .formatted(PRINT, PRINT));

    Path chain = Files.writeString(data.resolve("chain.pem"), "-----BEGIN CERTIFICATE-----\nA\n");
    Path key = Files.writeString(data.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\nB\n");
    assertThat(shell.airbox("certificate", "install", chain, key, "--data", data)).isZero();
    assertThat(shell.out()).contains("uploaded: installed by the owner");
    assertThat(daemon.requests)
        .contains(
            "PUT /api/v1/certificate {\"chain\":\"-----BEGIN CERTIFICATE-----\\nA\\n\","
                + "\"key\":\"-----BEGIN PRIVATE KEY-----\\nB\\n\"}");

    Path der = Files.write(data.resolve("chain.der"), new byte[] {0x30, (byte) 0x82});
    assertThat(shell.airbox("certificate", "install", der, key, "--data", data))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains(der + " is no PEM file");
    assertThat(shell.airbox("certificate", "install", chain, data.resolve("no"), "--data", data))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.airbox("certificate", "reset", "--data", data)).isZero();
    assertThat(shell.out()).contains("made by the box");
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
