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

/** Claiming, signing in and out, keys, guests and the audit log over HTTP. */
class AccessApiTest {
  private static final String PASSPHRASE = "correct horse battery";
  private static final String PAGE = "Sec-Fetch-Site: same-origin\r\n";

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

  private RawHttp.Reply claim(String code) {
    return http.send(
        "POST",
        "/api/v1/claim",
        "",
        new JsonObject().put("code", code).put("passphrase", PASSPHRASE).encode());
  }

  /** The header with the session that a reply gives. */
  private static String cookie(RawHttp.Reply reply) {
    String set = reply.header("Set-Cookie");
    return "Cookie: " + set.substring(0, set.indexOf(';')) + "\r\n";
  }

  private String claimed() {
    RawHttp.Reply reply = claim(daemon.offers.remove().code());
    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    return cookie(reply);
  }

  @Test
  void aFreshBoxServesPicturesAndWhoAmIAndNothingElse() {
    RawHttp.Reply session = http.send("GET", "/api/v1/session", "", "");

    assertThat(new JsonObject(session.body()))
        .isEqualTo(
            new JsonObject()
                .put("claimed", false)
                .put("role", "guest")
                .put("actor", "127.0.0.1")
                .put("key", null)
                .put("guests", true)
                .put("channel", "loopback")
                .put("expires", null)
                .put("https", null)
                .put("certificate", null));
    assertThat(daemon.json("/api/v1/status").getBoolean("claimed")).isFalse();
    assertThat(daemon.get("/v1/models").statusCode()).isEqualTo(200);
    assertThat(http.send("GET", "/api/v1/keys", "", "").code()).isEqualTo("NOT_CLAIMED");
    assertThat(http.send("GET", "/metrics", "", "").code()).isEqualTo("NOT_CLAIMED");
  }

  @Test
  void whoeverReadsTheCodeBecomesTheOwnerOnce() {
    String code = daemon.offers.remove().code();
    assertThat(claim("0000-0000").code()).isEqualTo("WRONG_CODE");

    RawHttp.Reply claimed = claim(code);

    assertThat(claimed.status()).isEqualTo(201);
    assertThat(claimed.header("Set-Cookie"))
        .matches("airbox_login=[\\w-]{43}; Path=/; HTTPOnly; SameSite=Strict");
    assertThat(new JsonObject(claimed.body()).getString("role")).isEqualTo("owner");
    assertThat(claim(code).code()).isEqualTo("ALREADY_CLAIMED");
    assertThat(http.send("GET", "/api/v1/keys", cookie(claimed), "").status()).isEqualTo(200);
    assertThat(http.send("GET", "/api/v1/keys", "", "").code()).isEqualTo("UNAUTHENTICATED");
  }

  @Test
  void aWeakPassphraseIsRefusedWithItsField() {
    RawHttp.Reply reply =
        http.send(
            "POST",
            "/api/v1/claim",
            "",
            new JsonObject()
                .put("code", daemon.offers.remove().code())
                .put("passphrase", "short")
                .encode());

    assertThat(reply.status()).isEqualTo(400);
    assertThat(new JsonObject(reply.body()).getString("field")).isEqualTo("passphrase");
  }

  @Test
  void guessingTheCodeGetsSlow() {
    for (int i = 0; i < 5; i++) {
      assertThat(claim("0000-000" + i).code()).isEqualTo("WRONG_CODE");
    }
    RawHttp.Reply sixth = claim("0000-0009");

    assertThat(sixth.code()).isEqualTo("TOO_MANY_ATTEMPTS");
    assertThat(Integer.parseInt(sixth.header("Retry-After"))).isPositive();
  }

  @Test
  void signingOutEndsTheSession() {
    claimed();
    RawHttp.Reply in =
        http.send(
            "POST", "/api/v1/session", "", new JsonObject().put("passphrase", PASSPHRASE).encode());
    String cookie = cookie(in);
    assertThat(http.send("GET", "/api/v1/keys", cookie, "").status()).isEqualTo(200);

    RawHttp.Reply out = http.send("DELETE", "/api/v1/session", cookie + PAGE, "");

    assertThat(out.status()).isEqualTo(204);
    assertThat(out.header("Set-Cookie")).contains("airbox_login=").contains("Max-Age=0");
    assertThat(http.send("GET", "/api/v1/keys", cookie, "").code()).isEqualTo("UNAUTHENTICATED");
  }

  @Test
  void aWrongPassphraseIsToldSo() {
    claimed();
    RawHttp.Reply reply =
        http.send("POST", "/api/v1/session", "", "{\"passphrase\":\"wrong horse battery\"}");

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.code()).isEqualTo("WRONG_PASSPHRASE");
    assertThat(reply.header("WWW-Authenticate")).isEqualTo("Bearer");
    assertThat(reply.body()).doesNotContain("wrong horse");
    assertThat(http.send("POST", "/api/v1/session", "", "{}").status()).isEqualTo(400);
  }

  @Test
  void aCookieAloneChangesNothing() {
    String cookie = claimed();
    String body = "{\"guests\":false}";

    assertThat(http.send("PUT", "/api/v1/access", cookie, body).code()).isEqualTo("WRONG_ORIGIN");
    assertThat(http.send("PUT", "/api/v1/access", cookie + "Sec-Fetch-Site: none\r\n", body).code())
        .isEqualTo("WRONG_ORIGIN");
    assertThat(http.send("PUT", "/api/v1/access", cookie + PAGE, body).body())
        .isEqualTo("{\"guests\":false}");
    assertThat(
            http.send("PUT", "/api/v1/access", cookie + "Origin: http://localhost\r\n", body)
                .status())
        .isEqualTo(200);
  }

  @Test
  void aKeyIsToldOnceAndDoesWhatItsRoleMay() {
    String owner = claimed();
    RawHttp.Reply made =
        http.send(
            "POST",
            "/api/v1/keys",
            owner + PAGE,
            "{\"name\":\"ci\",\"role\":\"operator\",\"pictures_per_day\":5}");
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    JsonObject key = new JsonObject(made.body());
    String bearer = "Authorization: Bearer " + key.getString("key") + "\r\n";

    JsonObject session = new JsonObject(http.send("GET", "/api/v1/session", bearer, "").body());
    assertThat(session.getString("role")).isEqualTo("operator");
    assertThat(session.getString("actor")).isEqualTo("key-" + key.getString("id"));
    assertThat(session.getJsonObject("key").getString("name")).isEqualTo("ci");
    assertThat(http.send("GET", "/api/v1/access", bearer, "").status()).isEqualTo(200);
    RawHttp.Reply forbidden = http.send("GET", "/api/v1/keys", bearer, "");
    assertThat(forbidden.status()).isEqualTo(403);
    assertThat(forbidden.body()).contains("FORBIDDEN").contains("role owner").contains("operator");

    String list = http.send("GET", "/api/v1/keys", owner, "").body();
    assertThat(new JsonObject(list).getJsonArray("keys")).hasSize(1);
    assertThat(list).doesNotContain(key.getString("key")).doesNotContain("\"key\"");

    String path = "/api/v1/keys/" + key.getString("id");
    assertThat(http.send("DELETE", path, owner + PAGE, "").status()).isEqualTo(204);
    assertThat(http.send("DELETE", path, owner + PAGE, "").status()).isEqualTo(404);
    assertThat(http.send("GET", "/healthz", bearer, "").code()).isEqualTo("INVALID_KEY");
  }

  @Test
  void aForeignKeyIsIgnoredWhereGuestsAreWelcomeAndAWrongOneOfOursNever() {
    assertThat(http.send("GET", "/v1/models", "Authorization: Bearer sk-none\r\n", "").status())
        .isEqualTo(200);
    RawHttp.Reply wrong =
        http.send("GET", "/v1/models", "Authorization: Bearer abx_00000000_no\r\n", "");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.code()).isEqualTo("INVALID_KEY");
    assertThat(wrong.header("WWW-Authenticate")).isEqualTo("Bearer");
    assertThat(wrong.body()).contains("authentication_error");
  }

  @Test
  void quotaAndConcurrencyOfAKeyHold() {
    String owner = claimed();
    JsonObject key =
        new JsonObject(
            http.send(
                    "POST",
                    "/api/v1/keys",
                    owner + PAGE,
                    "{\"name\":\"a\",\"role\":\"user\",\"pictures_per_day\":3,"
                        + "\"concurrent_jobs\":1}")
                .body());
    String bearer = "Authorization: Bearer " + key.getString("key") + "\r\n";

    assertThat(http.send("POST", "/api/v1/jobs", bearer, "{\"prompt\":\"hold\"}").status())
        .isEqualTo(202);
    RawHttp.Reply second = http.send("POST", "/api/v1/jobs", bearer, "{\"prompt\":\"a\"}");
    assertThat(second.status()).isEqualTo(429);
    assertThat(second.code()).isEqualTo("KEY_LIMIT");
    RawHttp.Reply openAi =
        http.send("POST", "/v1/images/generations", bearer, "{\"prompt\":\"a\",\"n\":3}");
    assertThat(openAi.status()).isEqualTo(429);
    daemon.maker.release();
  }

  @Test
  void guestsAreAskedToWait() throws Exception {
    stop();
    daemon = TestDaemon.start(data, Map.of("access.guest.jobs.per.minute", "2"));
    http = RawHttp.http(daemon);
    for (int i = 0; i < 2; i++) {
      assertThat(http.send("POST", "/api/v1/jobs", "", "{\"prompt\":\"a\"}").status())
          .isEqualTo(202);
    }
    // neither another cookie nor the other API helps
    RawHttp.Reply reply =
        http.send(
            "POST",
            "/v1/images/generations",
            "Cookie: airbox_session=" + "1".repeat(32) + "\r\n",
            "{\"prompt\":\"a\"}");

    assertThat(reply.status()).isEqualTo(429);
    assertThat(reply.code()).isEqualTo("GUEST_LIMIT");
    assertThat(Integer.parseInt(reply.header("Retry-After"))).isPositive();
    assertThat(
            RawHttp.http(daemon, "127.0.0.2")
                .send("POST", "/api/v1/jobs", "", "{\"prompt\":\"a\"}")
                .status())
        .isEqualTo(202);
  }

  @Test
  void withoutGuestsPicturesNeedAKeyAndThePageStillComes() {
    String owner = claimed();
    http.send("PUT", "/api/v1/access", owner + PAGE, "{\"guests\":false}");

    assertThat(http.send("POST", "/api/v1/jobs", "", "{\"prompt\":\"a\"}").code())
        .isEqualTo("UNAUTHENTICATED");
    assertThat(http.send("GET", "/api/v1/pictures", "", "").status()).isEqualTo(401);
    assertThat(http.send("GET", "/", "", "").status()).isEqualTo(200);
    assertThat(http.send("GET", "/api/v1/session", "", "").body()).contains("\"guests\":false");
  }

  @Test
  void recoveryNeedsTheBoxItself() {
    String owner = claimed();
    for (String method : List.of("GET", "DELETE")) {
      assertThat(http.send(method, "/api/v1/claim", owner + PAGE, "").code())
          .isEqualTo("SOCKET_ONLY");
    }
    RawHttp.Reply reset = socket.send("DELETE", "/api/v1/claim", "", "");

    assertThat(reset.status()).isEqualTo(200);
    JsonObject offer = new JsonObject(reset.body());
    assertThat(offer.getBoolean("claimed")).isFalse();
    assertThat(http.send("GET", "/api/v1/keys", owner, "").code()).isEqualTo("NOT_CLAIMED");
    assertThat(claim(offer.getString("code")).status()).isEqualTo(201);
    assertThat(socket.send("DELETE", "/api/v1/claim?keys=perhaps", "", "").status()).isEqualTo(400);
  }

  @Test
  void theOwnersSocketClaimsWithoutACodeAndSetsAnotherPassphrase() {
    RawHttp.Reply claimed =
        socket.send("POST", "/api/v1/claim", "", "{\"passphrase\":\"" + PASSPHRASE + "\"}");
    assertThat(claimed.status()).as(claimed.body()).isEqualTo(201);
    assertThat(claimed.header("Set-Cookie")).isEmpty();
    String old =
        cookie(http.send("POST", "/api/v1/session", "", "{\"passphrase\":\"" + PASSPHRASE + "\"}"));

    assertThat(
            socket
                .send("PUT", "/api/v1/passphrase", "", "{\"passphrase\":\"another good horse\"}")
                .status())
        .isEqualTo(204);

    assertThat(http.send("GET", "/api/v1/keys", old, "").code()).isEqualTo("UNAUTHENTICATED");
    assertThat(
            http.send("POST", "/api/v1/session", "", "{\"passphrase\":\"another good horse\"}")
                .status())
        .isEqualTo(201);
  }

  @Test
  void theAuditLogTellsWhatWasDoneAndTriedWithoutSecrets() {
    String owner = claimed();
    http.send("GET", "/api/v1/keys", "", "");
    String made =
        http.send("POST", "/api/v1/keys", owner + PAGE, "{\"name\":\"a\",\"role\":\"user\"}")
            .body();

    RawHttp.Reply reply = http.send("GET", "/api/v1/audit?limit=10", owner, "");

    JsonArray entries = new JsonObject(reply.body()).getJsonArray("entries");
    assertThat(entries.stream().map(entry -> ((JsonObject) entry).getString("action")))
        .contains("claim", "key.add", "request");
    assertThat(reply.body())
        .contains("UNAUTHENTICATED")
        .doesNotContain(PASSPHRASE)
        .doesNotContain(new JsonObject(made).getString("key"));
    assertThat(http.send("GET", "/api/v1/audit?limit=0", owner, "").status()).isEqualTo(400);
    assertThat(http.send("GET", "/api/v1/audit?before=x", owner, "").status()).isEqualTo(400);
    assertThat(http.send("GET", "/api/v1/audit?before=2", owner, "").body())
        .contains("\"number\":1");
  }

  @Test
  void withoutHttpsTheCertificateIsSaidToBeOff() {
    RawHttp.Reply reply = http.send("GET", "/api/v1/certificate", "", "");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.body()).contains("TLS_OFF").contains("https.enabled");
  }
}
