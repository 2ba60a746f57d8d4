package io.airbox.hwtests.schemathesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.hwtests.Checkout;
import io.airbox.hwtests.DaemonProcess;
import io.airbox.hwtests.PythonPrograms;
import io.airbox.hwtests.wire.Request;
import io.airbox.hwtests.wire.Wire;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * No error of the daemon's own, no undocumented answer, whoever asks. The ordinary suite sends two
 * thousand requests from a fixed seed, the long one ten times as many from a seed of its own.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SchemathesisIT {
  private static final boolean LONG = Boolean.getBoolean("airbox.test.long");
  private static final Path SOURCES = Checkout.path("hw-tests/src/schemathesis");

  @TempDir static Path folder;
  private static DaemonProcess daemon;
  private static PythonPrograms python;
  private static long requests;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    python = PythonPrograms.of(SOURCES.resolve("requirements.txt"));
    daemon =
        DaemonProcess.start(
            folder.resolve("data"),
            Map.of(
                "http.port", "0",
                "https.port", "0",
                // all these requests come from one address, and one guest would soon be refused
                "access.guest.jobs.per.minute", "10000",
                // no request of this suite may reach a helper that this machine has
                "helper.socket", folder.resolve("no-helper.sock").toString()),
            List.of());
    onSocket("/api/v1/claim", new JsonObject().put("passphrase", "for this run of tests only"));
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  @Test
  @Order(1)
  void aGuestMeetsTheDocument() throws Exception {
    meetsTheDocument("guest", "sk-none", "-", "POST /api/v1/jobs");
  }

  @Test
  @Order(2)
  void aUserMeetsTheDocument() throws Exception {
    withKey("user", "GET /metrics");
  }

  /** Last, for owners may change what others may do. */
  @Test
  @Order(3)
  void theOwnerMeetsTheDocument() throws Exception {
    withKey("owner", "POST /api/v1/keys");
  }

  @Test
  @Order(4)
  void thatWasEnough() {
    assertThat(requests).isGreaterThanOrEqualTo(LONG ? 20_000 : 2000);
  }

  private static void withKey(String role, String open) throws IOException, InterruptedException {
    JsonObject key =
        onSocket("/api/v1/keys", new JsonObject().put("name", "fuzz").put("role", role));
    meetsTheDocument(role, key.getString("key"), key.getString("id"), open);
  }

  /** Posts as whoever sits at the box. */
  private static JsonObject onSocket(String path, JsonObject body) {
    try (Wire wire = Wire.unix(folder.resolve("data/api.sock"))) {
      wire.say(Request.post(path, body.encode()).wire("box"));
      return wire.answer().has(201).json();
    }
  }

  /**
   * Runs Schemathesis.
   *
   * @param open an operation that somebody of lower role is refused
   */
  private static void meetsTheDocument(String who, String key, String keyId, String open)
      throws IOException, InterruptedException {
    Path report = folder.resolve(who + ".json");
    Path output = folder.resolve(who + ".txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                python.path("st"),
                "--config-file",
                SOURCES.resolve("schemathesis.toml").toString(),
                "--no-color",
                "run",
                daemon.address().resolve("/openapi.json").toString(),
                "--max-examples",
                LONG ? "250" : "15",
                "--report",
                "json",
                "--report-json-path",
                report.toString()));
    if (!LONG) {
      command.addAll(List.of("--seed", "1"));
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    String address = daemon.address().toString();
    builder.environment().put("BOX", address.substring(0, address.length() - 1));
    builder.environment().put("BOX_KEY", key);
    builder.environment().put("BOX_KEY_ID", keyId);
    builder.environment().put("PYTHONPATH", SOURCES.toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().put("SCHEMATHESIS_HOOKS", "hooks");
    int exit = builder.start().waitFor();

    assertThat(exit).as("Schemathesis as %s says:\n%s", who, Files.readString(output)).isZero();
    JsonObject run = new JsonObject(Files.readString(report));
    assertThat(run.getBoolean("complete")).isTrue();
    assertThat(run.getJsonObject("warnings").getJsonArray("missing_auth"))
        .as("operations that were only ever refused")
        .doesNotContain(open);
    requests += run.getJsonObject("test_cases").getLong("generated");
  }
}
