package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.http.OwnerSocket.Answer;
import io.airbox.helper.HelperOnSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine's name, clock and restart over the owner's socket, with a real helper behind. */
class SystemApiTest {
  @TempDir Path folder;
  private HelperOnSocket helper;
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    helper = new HelperOnSocket(folder);
    daemon =
        TestDaemon.start(
            folder.resolve("data"), Map.of("helper.socket", helper.socket().toString()));
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
    helper.close();
  }

  private Answer ask(String method, String path, String body) throws IOException {
    return OwnerSocket.ask(daemon, method, path, body);
  }

  @Test
  void showsTheMachine() throws Exception {
    Answer shown = ask("GET", "/api/v1/system", "");

    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.body().getString("hostname")).isNotEmpty();
    assertThat(shown.body().getJsonObject("helper"))
        .isEqualTo(new JsonObject().put("available", true).putNull("reason"));
    OpenApiDocumentTest.validate("System", new ObjectMapper().readTree(shown.body().encode()));
  }

  @Test
  void givesTheMachineAName() throws Exception {
    Answer planned =
        ask("PUT", "/api/v1/system/hostname", "{\"hostname\":\"box-3\",\"dry_run\":true}");
    assertThat(planned.status()).isEqualTo(200);
    assertThat(helper.calls()).isEmpty();

    Answer done = ask("PUT", "/api/v1/system/hostname", "{\"hostname\":\"box-3\"}");
    assertThat(done.status()).isEqualTo(200);
    assertThat(done.body().getBoolean("dry_run")).isFalse();
    assertThat(done.body().getJsonArray("steps")).isEqualTo(planned.body().getJsonArray("steps"));
    assertThat(helper.text("etc/hostname")).isEqualTo("box-3\n");
    OpenApiDocumentTest.validate("SystemSteps", new ObjectMapper().readTree(done.body().encode()));
  }

  @Test
  void writesDownWhatWasChangedAndWhatWasNot() throws Exception {
    ask("PUT", "/api/v1/system/hostname", "{\"hostname\":\"-\"}");
    ask("PUT", "/api/v1/system/hostname", "{\"hostname\":\"box-4\",\"dry_run\":true}");
    ask("PUT", "/api/v1/system/hostname", "{\"hostname\":\"box-4\"}");

    JsonArray entries = ask("GET", "/api/v1/audit", "").body().getJsonArray("entries");
    assertThat(entries.stream().map(JsonObject.class::cast))
        .filteredOn(entry -> entry.getString("action").equals("system.hostname"))
        .extracting(entry -> entry.getString("after") + " " + entry.getString("outcome"))
        .containsExactly("box-4 done", "- REFUSED");
  }

  @Test
  void setsTheClockAndRestarts() throws Exception {
    assertThat(
            ask("PUT", "/api/v1/system/time", "{\"time\":\"2027-06-01T14:00:00+02:00\"}").status())
        .isEqualTo(200);
    assertThat(ask("POST", "/api/v1/system/reboot", "").status()).isEqualTo(200);
    assertThat(ask("POST", "/api/v1/system/reboot", "{\"dry_run\":true}").status()).isEqualTo(200);

    assertThat(helper.calls())
        .filteredOn(call -> !call.startsWith("/usr/bin/timedatectl"))
        .hasSize(2)
        .first()
        .isEqualTo("/bin/date --utc --set=@1811851200");
  }

  @Test
  void namesTheFieldAtFault() throws Exception {
    for (String[] bad :
        new String[][] {
          {"PUT", "hostname", "{\"hostname\":\"a.b\"}", "hostname"},
          {"PUT", "hostname", "{}", "hostname"},
          {"PUT", "hostname", "{\"hostname\":7}", "hostname"},
          {"PUT", "hostname", "{\"hostname\":\"a\",\"force\":true}", "force"},
          {"PUT", "time", "{\"time\":\"now\"}", "time"},
          {"PUT", "time", "{\"time\":\"1999-01-01T00:00:00Z\"}", "time"},
          {"PUT", "time", "{\"time\":\"+99999-01-01T00:00:00Z\"}", "time"},
          {"POST", "reboot", "{\"dry_run\":\"yes\"}", "dry_run"}
        }) {
      Answer answer = ask(bad[0], "/api/v1/system/" + bad[1], bad[2]);

      assertThat(answer.status()).as(bad[2]).isEqualTo(400);
      assertThat(answer.body().getString("field")).as(bad[2]).isEqualTo(bad[3]);
    }
    assertThat(helper.calls()).isEmpty();
  }

  @Test
  void aMachineThatCannotIsABadGateway() throws Exception {
    helper.breakDown("Failed to connect to bus");

    Answer answer = ask("POST", "/api/v1/system/reboot", "{}");

    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.body().getString("code")).isEqualTo("HELPER_FAILED");
    assertThat(answer.body().getString("detail")).endsWith("Failed to connect to bus");
  }

  @Test
  void aLaptopSaysWhyItCannot() throws Exception {
    try (TestDaemon laptop =
        TestDaemon.start(
            folder.resolve("laptop"),
            Map.of("helper.socket", folder.resolve("none.sock").toString()))) {
      JsonObject shown =
          OwnerSocket.ask(laptop, "GET", "/api/v1/system", "").body().getJsonObject("helper");
      assertThat(shown.getBoolean("available")).isFalse();
      assertThat(shown.getString("reason")).startsWith("needs root, which only a box's");

      Answer answer =
          OwnerSocket.ask(laptop, "POST", "/api/v1/system/reboot", "{\"dry_run\":true}");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body().getString("code")).isEqualTo("HELPER_UNAVAILABLE");
      assertThat(answer.body().getString("detail")).startsWith("reboot needs root");
    }
  }
}
