package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.airbox.hwtests.wire.Answer;
import io.airbox.hwtests.wire.Request;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Cookies that were stolen, planted or made up, and pages of other sites that use them. */
final class SessionAbuses {
  private static final String KEYS = "/api/v1/keys";
  private static final String NEW_KEY = "{\"name\":\"stolen\",\"role\":\"owner\"}";

  private final Box box;

  SessionAbuses(Box box) {
    this.box = box;
  }

  Stream<DynamicTest> cookies() {
    return Stream.of(
        dynamicTest(
            "a stolen cookie after its owner has signed out",
            () -> {
              String cookie = signedIn();
              works(cookie);
              box.ask(own(Request.of("DELETE", "/api/v1/session")).cookie(cookie)).has(204);
              ended(cookie);
            }),
        dynamicTest(
            "a stolen cookie after the passphrase was changed",
            () -> {
              String stolen = signedIn();
              String kept = signedIn();
              String next = box.passphrase() + " and more";
              JsonObject change =
                  new JsonObject().put("current", box.passphrase()).put("passphrase", next);
              box.ask(
                      own(Request.of("PUT", "/api/v1/passphrase"))
                          .header("Content-Type", "application/json")
                          .cookie(kept)
                          .body(change.encode()))
                  .has(204);
              box.belongsTo(next);
              ended(stolen);
              works(kept);
            }),
        dynamicTest(
            "the old passphrase after it was changed",
            () ->
                box.ask(Box.signIn("passphrase", box.passphrase().replace(" and more", "")))
                    .refusedWith(401, "WRONG_PASSPHRASE")),
        dynamicTest(
            "a stolen cookie of a key that was revoked",
            () -> {
              Box.Key key = box.key("owner");
              String cookie =
                  box.cookie(
                      "the cookie of a key's session",
                      box.ask(Box.signIn("key", key.text())).has(201));
              works(cookie);
              box.revoke(key);
              ended(cookie);
            }),
        dynamicTest(
            "a cookie planted before its victim signs in",
            () -> {
              String planted = "airbox_login=" + "A".repeat(43);
              Answer reply =
                  box.ask(Box.signIn("passphrase", box.passphrase()).cookie(planted)).has(201);
              assertThat(box.cookie("a cookie", reply)).isNotEqualTo(planted);
              ended(planted);
            }),
        dynamicTest(
            "the attacker's own session planted before its victim signs in",
            () -> {
              Box.Key key = box.key("user");
              String planted =
                  box.cookie("a user's cookie", box.ask(Box.signIn("key", key.text())).has(201));
              Answer reply =
                  box.ask(own(Box.signIn("passphrase", box.passphrase())).cookie(planted)).has(201);
              assertThat(box.cookie("a cookie", reply)).isNotEqualTo(planted);
              box.ask(Request.get(KEYS).cookie(planted)).has(401, 403);
            }),
        dynamicTest(
            "cookies that are made up",
            () -> {
              String real = signedIn();
              String last = real.endsWith("A") ? "B" : "A";
              for (String forged :
                  List.of(
                      real.substring(0, real.length() - 1) + last,
                      real.substring(0, real.length() - 1),
                      real + "A",
                      real.toUpperCase(java.util.Locale.ROOT),
                      "airbox_login=",
                      "airbox_login=owner",
                      "airbox_login=" + "A".repeat(8000),
                      "airbox_login=../owner",
                      "__Host-airbox=" + "A".repeat(43),
                      "airbox_session=" + real.substring(real.indexOf('=') + 1))) {
                ended(forged);
              }
              works(real);
            }),
        dynamicTest(
            "cookies are for this box's pages alone",
            () -> {
              Answer plain = box.owner().has(201);
              Answer secure =
                  box.askSecurely(box.stranger(), Box.signIn("passphrase", box.passphrase()))
                      .has(201);
              box.cookie("a cookie", plain);
              box.cookie("a cookie over TLS", secure);
              assertThat(plain.all("Set-Cookie"))
                  .anyMatch(line -> line.matches("(?i)airbox_login=.*"))
                  .filteredOn(line -> line.startsWith("airbox_login="))
                  .allMatch(line -> line.matches("(?i).*; ?httponly.*"))
                  .allMatch(line -> line.matches("(?i).*; ?samesite=strict.*"));
              assertThat(secure.all("Set-Cookie"))
                  .filteredOn(line -> line.startsWith("__Host-airbox="))
                  .hasSize(1)
                  .allMatch(line -> line.matches("(?i).*; ?secure.*"))
                  .allMatch(line -> line.matches("(?i).*; ?httponly.*"))
                  .allMatch(line -> line.matches("(?i).*; ?samesite=strict.*"))
                  .noneMatch(line -> line.matches("(?i).*; ?domain=.*"));
            }),
        dynamicTest("the passphrase guessed until the box stops listening", this::guess));
  }

  private void guess() {
    String address = box.stranger();
    Answer answer = box.ask(address, Box.signIn("passphrase", "open sesame 1"));
    answer.refusedWith(401, "WRONG_PASSPHRASE");
    for (int i = 0; i < 9 && answer.status() == 401; i++) {
      answer = box.ask(address, Box.signIn("passphrase", "open sesame 1"));
    }
    answer.refusedWith(429, "TOO_MANY_ATTEMPTS");
    assertThat(answer.header("Retry-After")).matches("[1-9]\\d*");
    box.ask(address, Box.signIn("passphrase", box.passphrase()))
        .refusedWith(429, "TOO_MANY_ATTEMPTS");
    box.owner().has(201);
  }

  Stream<DynamicTest> otherSites() {
    String own = "http://" + box.host();
    String port = own.substring(own.lastIndexOf(':') + 1);
    return Stream.concat(
        Stream.of(
                List.of("a page of another site", "Origin: https://evil.example"),
                List.of("a page without an origin", "Origin: null"),
                List.of("a page on another port of this machine", "Origin: http://127.0.0.1:1"),
                List.of(
                    "our page's address over another scheme", "Origin: https://127.0.0.1:" + port),
                List.of("a name that begins like ours", "Origin: " + own + ".evil.example"),
                List.of("an origin that is none", "Origin: " + own + "@evil.example"),
                List.of("a site that hides its origin", "Sec-Fetch-Site: cross-site"),
                List.of("a neighbouring site that hides its origin", "Sec-Fetch-Site: same-site"),
                List.of("a client that says nothing of its site", "X-Origin: none"),
                List.of("a page that only its Referer tells", "Referer: https://evil.example/"))
            .map(each -> crossSite(each.get(0), each.get(1))),
        Stream.of(
            dynamicTest(
                "cross-site: a form of another site",
                () -> {
                  String cookie = signedIn();
                  for (String type :
                      List.of(
                          "application/x-www-form-urlencoded",
                          "text/plain",
                          "multipart/form-data")) {
                    box.ask(
                            Request.of("POST", KEYS)
                                .header("Content-Type", type)
                                .header("Origin", "https://evil.example")
                                .cookie(cookie)
                                .body(NEW_KEY))
                        .refusedWith(403, "WRONG_ORIGIN");
                  }
                }),
            dynamicTest(
                "cross-site: a new key by a page with two origins",
                () ->
                    box.ask(
                            own(Request.post(KEYS, NEW_KEY))
                                .header("Origin", "https://evil.example")
                                .cookie(signedIn()))
                        .has(400, 403)),
            dynamicTest(
                "cross-site: signing somebody out",
                () -> {
                  String cookie = signedIn();
                  box.ask(
                          Request.of("DELETE", "/api/v1/session")
                              .header("Origin", "https://evil.example")
                              .cookie(cookie))
                      .refusedWith(403, "WRONG_ORIGIN");
                  works(cookie);
                }),
            dynamicTest(
                "cross-site: revoking a key",
                () -> {
                  Box.Key key = box.key("operator");
                  box.ask(
                          Request.of("DELETE", KEYS + "/" + key.id())
                              .header("Sec-Fetch-Site", "cross-site")
                              .cookie(signedIn()))
                      .refusedWith(403, "WRONG_ORIGIN");
                  box.ask(Request.get("/api/v1/access").key(key.text())).has(200);
                  box.revoke(key);
                }),
            dynamicTest(
                "cross-site: signing somebody in as the attacker",
                () ->
                    box.ask(
                            Box.signIn("passphrase", box.passphrase())
                                .header("Origin", "https://evil.example"))
                        .refusedWith(403, "WRONG_ORIGIN")),
            dynamicTest(
                "cross-site: pictures on a visitor's account",
                () ->
                    box.ask(
                            Request.post("/api/v1/jobs", "{\"prompt\":\"a\"}")
                                .header("Origin", "https://evil.example"))
                        .refusedWith(403, "WRONG_ORIGIN")),
            dynamicTest(
                "cross-site: leave is not given to any other origin",
                () -> {
                  Answer answer =
                      box.ask(
                          Request.of("OPTIONS", KEYS)
                              .header("Origin", "https://evil.example")
                              .header("Access-Control-Request-Method", "POST"));
                  assertThat(answer.status()).as("%s", answer).isGreaterThanOrEqualTo(400);
                  assertThat(answer.headers())
                      .noneMatch(line -> line.regionMatches(true, 0, "Access-Control-", 0, 15));
                }),
            dynamicTest(
                "cross-site: what our own page does is none",
                () -> {
                  Answer made =
                      box.ask(own(Request.post(KEYS, NEW_KEY)).cookie(signedIn())).has(201);
                  String key = made.json().getString("key");
                  box.revoke(new Box.Key(made.json().getString("id"), box.secret("a key", key)));
                })));
  }

  private DynamicTest crossSite(String who, String header) {
    return dynamicTest(
        "cross-site: a new key by " + who,
        () ->
            box.ask(Request.post(KEYS, NEW_KEY).line(header).cookie(signedIn()))
                .refusedWith(403, "WRONG_ORIGIN"));
  }

  /** As our own page sends it. */
  private Request own(Request request) {
    return request.header("Origin", "http://" + box.host());
  }

  private String signedIn() {
    return box.cookie("an owner's cookie", box.owner().has(201));
  }

  private void works(String cookie) {
    box.ask(Request.get(KEYS).cookie(cookie)).has(200);
  }

  private void ended(String cookie) {
    box.ask(Request.get(KEYS).cookie(cookie)).refusedWith(401, "UNAUTHENTICATED");
  }
}
