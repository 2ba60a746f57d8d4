package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.daemon.SignedPack;
import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.http.OwnerSocket.Answer;
import io.airbox.ota.update.Trial;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packs by signed release over the owner's socket; whether they work is said by the test. */
class UpdatesApiTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path data;
  @TempDir Path sticks;
  private final SignedPack acme = new SignedPack();
  private TestDaemon daemon;

  @BeforeEach
  void start() throws Exception {
    daemon =
        TestDaemon.start(
            data, Map.of("models.dirs", TestDaemon.models() + "," + data.resolve("models")));
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private Answer ask(String method, String path, String body) throws IOException {
    return OwnerSocket.ask(daemon, method, path, body);
  }

  private Path stick(long counter, String content) throws IOException {
    Path folder = Files.createDirectories(sticks.resolve("v" + counter));
    Files.writeString(folder.resolve("pack.json"), content);
    return acme.sign(folder, "faces", counter);
  }

  private Answer install(Path folder) throws IOException {
    return ask(
        "POST", "/api/v1/updates", new JsonObject().put("address", folder.toString()).encode());
  }

  private JsonObject ended(Path folder) throws IOException {
    Answer begun = install(folder);
    assertThat(begun.status()).as(begun.text()).isEqualTo(202);
    OpenApiDocumentTest.validate("UpdateBegun", new ObjectMapper().readTree(begun.text()));
    long last = begun.body().getLong("last");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !updates().getJsonArray("history").isEmpty()
                    && updates().getJsonArray("history").getJsonObject(0).getLong("number") > last);
    return updates().getJsonArray("history").getJsonObject(0);
  }

  private JsonObject updates() throws IOException {
    return ask("GET", "/api/v1/updates", "").body();
  }

  private void trust() throws IOException {
    Answer trusted = ask("POST", "/api/v1/authorities", acme.keys());
    assertThat(trusted.status()).as(trusted.text()).isEqualTo(200);
  }

  @Test
  void whoseReleasesAreTakenIsSaidAtTheBox() throws Exception {
    assertThat(ask("GET", "/api/v1/authorities", "").body().getJsonArray("authorities")).isEmpty();
    Answer refused = install(stick(1, "one"));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().getString("code")).isEqualTo("UNKNOWN_KEY");
    assertThat(refused.body().getString("detail")).contains("trusts nobody's releases yet");

    trust();

    Answer trusted = ask("GET", "/api/v1/authorities", "");
    OpenApiDocumentTest.validate("Authorities", new ObjectMapper().readTree(trusted.text()));
    assertThat(ended(stick(1, "one")).getString("outcome")).isEqualTo("installed");
    assertThat(ask("DELETE", "/api/v1/authorities/acme", "").status()).isEqualTo(204);
    assertThat(install(stick(2, "two")).body().getString("code")).isEqualTo("UNKNOWN_KEY");
  }

  @Test
  void comesGoesBackAndGoes() throws Exception {
    trust();
    assertThat(ended(stick(1, "one")).getString("outcome")).isEqualTo("installed");
    assertThat(ended(stick(2, "two")).getString("outcome")).isEqualTo("installed");
    assertThat(data.resolve("models/faces/pack.json")).hasContent("two");
    assertThat(install(stick(2, "two")).body().getBoolean("installed")).isTrue();
    Answer slots = ask("GET", "/api/v1/models", "");
    OpenApiDocumentTest.validate("ModelSlots", new ObjectMapper().readTree(slots.text()));
    JsonObject pack = slots.body().getJsonArray("packs").getJsonObject(0);
    assertThat(pack.getJsonObject("current").getString("version")).isEqualTo("0.2.0");
    assertThat(pack.getJsonObject("previous").getString("version")).isEqualTo("0.1.0");

    Answer back = ask("POST", "/api/v1/models/faces/rollback", "");
    assertThat(back.status()).isEqualTo(200);
    assertThat(back.body().getString("version")).isEqualTo("0.1.0");
    assertThat(data.resolve("models/faces/pack.json")).hasContent("one");

    assertThat(ask("DELETE", "/api/v1/models/faces", "").status()).isEqualTo(204);
    assertThat(data.resolve("models/faces")).doesNotExist();
    assertThat(ask("DELETE", "/api/v1/models/faces", "").status()).isEqualTo(404);
    Answer shown = ask("GET", "/api/v1/updates", "");
    OpenApiDocumentTest.validate("Updates", new ObjectMapper().readTree(shown.text()));
    assertThat(shown.body().getJsonArray("history").stream())
        .extracting(entry -> ((JsonObject) entry).getString("outcome"))
        .containsExactly("removed", "rolled_back", "installed", "installed");
  }

  @Test
  void whatFailsItsTrialIsTakenBackWithWords() throws Exception {
    trust();
    ended(stick(1, "one"));
    daemon.trial.verdict = new Trial.Verdict.Failed("its picture is grey");

    JsonObject end = ended(stick(2, "two"));

    assertThat(end.getString("outcome")).isEqualTo("taken_back");
    assertThat(end.getString("why")).isEqualTo("its picture is grey");
    assertThat(data.resolve("models/faces/pack.json")).hasContent("one");
    assertThat(updates().getJsonObject("under_way")).isNull();
  }

  @Test
  void whatIsNotThereOrWrongIsSaid() throws Exception {
    trust();
    assertThat(ask("DELETE", "/api/v1/updates/current", "").status()).isEqualTo(404);
    assertThat(ask("POST", "/api/v1/models/faces/rollback", "").body().getString("detail"))
        .contains("no pack was installed by release");
    assertThat(data.resolve("models/.store")).doesNotExist();
    assertThat(install(sticks.resolve("none")).status()).isEqualTo(422);
    for (String none : List.of("", "ftp://host/", "https:///x", "https://a b/", "x\u0001y")) {
      Answer answer =
          ask("POST", "/api/v1/updates", new JsonObject().put("address", none).encode());
      assertThat(answer.status()).as(none).isEqualTo(400);
      assertThat(answer.body().getString("field")).as(none).isEqualTo("address");
    }
    assertThat(
            ask("POST", "/api/v1/updates", "{\"address\":\"http://127.0.0.1:1/\"}")
                .body()
                .getString("code"))
        .isEqualTo("UNREACHABLE");
    Path stick = stick(1, "one");
    Files.writeString(stick.resolve("pack.json"), "One");
    assertThat(ended(stick).getString("why")).contains("is not what was signed");
  }

  @Test
  void guestsMayNot() {
    assertThat(daemon.get("/api/v1/updates").statusCode()).isEqualTo(403);
    assertThat(daemon.post("/api/v1/updates", "{}").statusCode()).isEqualTo(403);
  }
}
