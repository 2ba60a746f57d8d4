package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs and pictures belong to who asked for them. */
class OwnershipTest {
  private static final String ALICE = "Cookie: airbox_session=" + "a".repeat(32) + "\r\n";
  private static final String BOB = "Cookie: airbox_session=" + "b".repeat(32) + "\r\n";

  @TempDir Path data;
  private TestDaemon daemon;
  private RawHttp.Way http;
  private RawHttp.Way socket;

  @BeforeEach
  void start() throws Exception {
    daemon = TestDaemon.start(data, Map.of());
    http = RawHttp.http(daemon);
    socket = RawHttp.unix(daemon.places.socket());
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private String made(RawHttp.Way way, String who) {
    RawHttp.Reply reply = way.send("POST", "/api/v1/jobs", who, "{\"prompt\":\"a\"}");
    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
    String id = new JsonObject(reply.body()).getString("id");
    assertThat(way.send("GET", "/api/v1/jobs/" + id + "/events", who, "").body())
        .contains("\"status\":\"completed\"");
    return id;
  }

  private List<String> jobs(RawHttp.Way way, String who) {
    return ids(way.send("GET", "/api/v1/jobs", who, ""), "jobs");
  }

  private List<String> pictures(RawHttp.Way way, String who) {
    return ids(way.send("GET", "/api/v1/pictures", who, ""), "pictures");
  }

  private static List<String> ids(RawHttp.Reply reply, String name) {
    JsonArray all = new JsonObject(reply.body()).getJsonArray(name);
    return all.stream().map(each -> ((JsonObject) each).getString("id")).toList();
  }

  @Test
  void somebodyElsesIsNotThere() {
    String job = made(http, ALICE);
    String picture = "/api/v1/pictures/" + job + "-0";

    assertThat(jobs(http, BOB)).isEmpty();
    assertThat(pictures(http, BOB)).isEmpty();
    assertThat(http.send("GET", "/api/v1/pictures", BOB, "").body())
        .contains("\"count\":0,\"bytes\":0");
    for (String path :
        List.of(
            "/api/v1/jobs/" + job, "/api/v1/jobs/" + job + "/events", picture, picture + ".png")) {
      RawHttp.Reply reply = http.send("GET", path, BOB, "");
      assertThat(reply.status()).as(path).isEqualTo(404);
    }
    assertThat(http.send("POST", "/api/v1/jobs/" + job + "/cancel", BOB, "").status())
        .isEqualTo(404);
    assertThat(http.send("DELETE", picture, BOB, "").status()).isEqualTo(404);

    assertThat(jobs(http, ALICE)).containsExactly(job);
    assertThat(pictures(http, ALICE)).containsExactly(job + "-0");
    assertThat(http.send("GET", "/api/v1/pictures", ALICE, "").body()).contains("\"count\":1");
    assertThat(http.send("GET", picture + ".png", ALICE, "").status()).isEqualTo(200);
    assertThat(http.send("DELETE", picture, ALICE, "").status()).isEqualTo(204);
  }

  @Test
  void aBrowserAlsoHasWhatItsAddressMadeBeforeItHadACookie() {
    String job = made(http, "");

    assertThat(pictures(http, ALICE)).containsExactly(job + "-0");
    assertThat(pictures(RawHttp.http(daemon, "127.0.0.2"), ALICE)).isEmpty();
    String own = made(http, ALICE);
    assertThat(pictures(http, "")).containsExactly(job + "-0");
    assertThat(pictures(http, ALICE)).containsExactly(own + "-0", job + "-0");
  }

  @Test
  void theOwnerSeesEverybodysAlsoThoseOfEarlierRuns() throws Exception {
    String alices = made(http, ALICE);
    String local = made(socket, "");
    assertThat(pictures(http, ALICE)).containsExactly(alices + "-0");
    daemon.close();
    start();

    assertThat(pictures(http, BOB)).isEmpty();
    assertThat(pictures(http, ALICE)).containsExactly(alices + "-0");
    assertThat(http.send("GET", "/api/v1/pictures/" + local + "-0.png", ALICE, "").status())
        .isEqualTo(404);
    assertThat(pictures(socket, "")).containsExactly(local + "-0", alices + "-0");
    assertThat(socket.send("DELETE", "/api/v1/pictures/" + alices + "-0", "", "").status())
        .isEqualTo(204);
  }

  @Test
  void guestsOfOneAddressTakeTurnsAsOne() throws Exception {
    daemon.close();
    daemon = TestDaemon.start(data, Map.of("jobs.owner.limit", "2"));
    http = RawHttp.http(daemon);
    String hold = "{\"prompt\":\"hold\"}";
    assertThat(http.send("POST", "/api/v1/jobs", "", hold).status()).isEqualTo(202);
    org.awaitility.Awaitility.await()
        .until(() -> daemon.get("/api/v1/status").body().contains("\"running\":1"));
    assertThat(http.send("POST", "/api/v1/jobs", ALICE, hold).status()).isEqualTo(202);
    assertThat(http.send("POST", "/api/v1/jobs", BOB, hold).status()).isEqualTo(202);

    assertThat(http.send("POST", "/api/v1/jobs", ALICE, hold).code()).isEqualTo("OWNER_LIMIT");
    assertThat(RawHttp.http(daemon, "127.0.0.2").send("POST", "/api/v1/jobs", ALICE, hold).status())
        .isEqualTo(202);
  }
}
