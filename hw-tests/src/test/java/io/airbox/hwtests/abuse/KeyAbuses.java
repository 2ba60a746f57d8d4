package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.airbox.hwtests.wire.Answer;
import io.airbox.hwtests.wire.Request;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** API keys that are wrong, old, or not meant for what is asked. */
final class KeyAbuses {
  private static final String KEYS = "/api/v1/keys";
  private static final String JOB = "{\"prompt\":\"a red apple\",\"steps\":1}";
  private static final List<String> ROLES = List.of("guest", "user", "operator", "owner");

  private final Box box;

  KeyAbuses(Box box) {
    this.box = box;
  }

  /** Every route of the document that asks for a role, with every lower one. */
  Stream<DynamicTest> lowerRoles() {
    JsonObject paths = box.ask(Request.get("/openapi.json")).json().getJsonObject("paths");
    Box.Key user = box.key("user");
    Box.Key operator = box.key("operator");
    List<DynamicTest> tests = new ArrayList<>();
    for (String path : paths.fieldNames()) {
      JsonObject methods = paths.getJsonObject(path);
      for (String method : methods.fieldNames()) {
        String role = methods.getJsonObject(method).getString("x-airbox-role");
        assertThat(role).as("x-airbox-role of %s %s", method, path).isNotNull();
        String target = path.replaceAll("\\{[a-z]+}", "00000000");
        String verb = method.toUpperCase(Locale.ROOT);
        int level = ROLES.indexOf(role);
        if (level < 1) {
          continue;
        }
        tests.add(
            dynamicTest(
                verb + " " + path + " as a guest, for " + role,
                () -> box.ask(asked(verb, target)).has(401, 403)));
        if (level > ROLES.indexOf("user")) {
          tests.add(lower(verb, target, "user", user));
        }
        if (level > ROLES.indexOf("operator")) {
          tests.add(lower(verb, target, "operator", operator));
        }
      }
    }
    assertThat(tests).as("routes that ask for a role").hasSizeGreaterThan(30);
    return tests.stream();
  }

  private DynamicTest lower(String verb, String target, String role, Box.Key key) {
    return dynamicTest(
        verb + " " + target + " with a key of a " + role,
        () -> {
          Answer answer = box.ask(asked(verb, target).key(key.text()));
          answer.has(403);
          assertThat(answer.code()).isIn("FORBIDDEN", "SOCKET_ONLY");
        });
  }

  private static Request asked(String verb, String target) {
    Request request = Request.of(verb, target);
    return verb.equals("GET")
        ? request
        : request.header("Content-Type", "application/json").body("{}");
  }

  Stream<DynamicTest> wrongKeys() {
    return Stream.of(
        dynamicTest(
            "a key whose id is unknown and one whose secret is wrong look the same",
            () -> {
              Box.Key key = box.key("owner");
              String wrong = "A".repeat(43);
              Answer unknownId = denied("abx_zzzzzzzz_" + wrong);
              Answer wrongSecret = denied("abx_" + key.id() + "_" + wrong);
              assertThat(wrongSecret.body()).isEqualTo(unknownId.body());
              assertThat(withoutDate(wrongSecret)).isEqualTo(withoutDate(unknownId));
              box.revoke(key);
              assertThat(denied(key.text()).body()).as("revoked").isEqualTo(unknownId.body());
            }),
        dynamicTest(
            "a key that was revoked",
            () -> {
              Box.Key key = box.key("owner");
              box.ask(Request.get(KEYS).key(key.text())).has(200);
              box.revoke(key);
              denied(key.text());
            }),
        dynamicTest(
            "a key that has expired",
            () -> {
              String expires = Instant.now().plus(Duration.ofSeconds(2)).toString();
              Box.Key key =
                  box.key("short-lived", "owner", new JsonObject().put("expires", expires));
              Answer answer = box.ask(Request.get(KEYS).key(key.text()));
              for (int i = 0; i < 100 && answer.status() == 200; i++) {
                TimeUnit.MILLISECONDS.sleep(100);
                answer = box.ask(Request.get(KEYS).key(key.text()));
              }
              answer.refusedWith(401, "INVALID_KEY");
            }),
        dynamicTest(
            "a key that is nearly right",
            () -> {
              Box.Key key = box.key("owner");
              String text = key.text();
              String swapped = swapCase(text.substring(4));
              denied("abx_" + swapped);
              denied(text.substring(0, text.length() - 1));
              denied(text + "A");
              denied(text.substring(0, 13) + text.substring(13).toUpperCase(Locale.ROOT));
              denied("abx_" + key.id());
              denied("abx_" + key.id() + "_");
              denied("abx_");
              denied("abx_" + "_".repeat(8000));
              box.revoke(key);
            }),
        dynamicTest(
            "a key anywhere but in its header",
            () -> {
              Box.Key key = box.key("owner");
              for (String place : List.of("key", "api_key", "access_token", "Authorization")) {
                box.ask(Request.get(KEYS + "?" + place + "=" + key.text()))
                    .refusedWith(401, "UNAUTHENTICATED");
              }
              box.ask(Request.get(KEYS).cookie("airbox_login=" + key.text())).has(401);
              box.ask(Request.get(KEYS).header("X-API-Key", key.text())).has(401);
              String basic =
                  Base64.getEncoder()
                      .encodeToString(("key:" + key.text()).getBytes(StandardCharsets.US_ASCII));
              box.ask(Request.get(KEYS).header("Authorization", "Basic " + basic)).has(401);
              box.revoke(key);
            }),
        dynamicTest(
            "two keys at once",
            () -> {
              Box.Key owner = box.key("owner");
              Box.Key user = box.key("user");
              box.ask(Request.get(KEYS).key(user.text()).key(owner.text())).has(400, 401, 403);
              box.revoke(owner);
              box.revoke(user);
            }),
        dynamicTest(
            "a wrong key where guests are welcome",
            () ->
                box.ask(Request.post("/api/v1/jobs", JOB).key("abx_zzzzzzzz_" + "A".repeat(43)))
                    .refusedWith(401, "INVALID_KEY")),
        dynamicTest(
            "another product's key where none but ours counts",
            () ->
                box.ask(Request.get(KEYS).key("sk-0123456789"))
                    .refusedWith(401, "UNAUTHENTICATED")),
        dynamicTest(
            "an owner's key slipped past the table of routes",
            () -> {
              for (String path :
                  List.of(
                      "/api/v1/keys/",
                      "//api/v1/keys",
                      "/api//v1/keys",
                      "/API/V1/KEYS",
                      "/api/v1/keys;x=1",
                      "/api/v1/./keys",
                      "/x/../api/v1/keys",
                      "/api/v1/%6beys",
                      "/api/v1/keys%2f",
                      "/api/v1/keys%3f",
                      "/api/v1/status/../keys",
                      "/api/v1/status/..%2fkeys",
                      "/webjars/../api/v1/keys")) {
                Answer answer = box.ask(Request.get(path));
                answer.has(400, 401, 403, 404);
                assertThat(answer.body()).doesNotContain("\"keys\"");
              }
            }),
        dynamicTest(
            "another method than the one that is asked for",
            () -> {
              box.ask(Request.get(KEYS).header("X-HTTP-Method-Override", "POST")).has(401);
              box.ask(Request.post("/api/v1/session", "{}").header("X-HTTP-Method-Override", "PUT"))
                  .has(400);
              for (String method :
                  List.of("HEAD", "TRACE", "PATCH", "PROPFIND", "OPTIONS", "get")) {
                Answer answer = box.answers(Request.of(method, KEYS).wire(box.host())).get(0);
                assertThat(answer.status())
                    .as("%s: %s", method, answer)
                    .isGreaterThanOrEqualTo(400);
              }
            }),
        dynamicTest(
            "fields that only the box may set",
            () -> {
              Box.Key owner = box.key("owner");
              for (String field : List.of("id", "key", "secret", "hash", "created", "last_used")) {
                box.ask(
                        Request.post(
                                KEYS, "{\"name\":\"x\",\"role\":\"user\",\"" + field + "\":\"x\"}")
                            .key(owner.text()))
                    .has(400);
              }
              box.ask(Request.post(KEYS, "{\"name\":\"x\",\"role\":\"root\"}").key(owner.text()))
                  .has(400);
              box.revoke(owner);
            }),
        dynamicTest(
            "the owner's socket asked for over the network, by the owner",
            () -> {
              Box.Key owner = box.key("owner");
              for (String method : List.of("GET", "DELETE")) {
                box.ask(Request.of(method, "/api/v1/claim").key(owner.text()))
                    .refusedWith(403, "SOCKET_ONLY");
              }
              box.revoke(owner);
            }),
        dynamicTest(
            "lines in a name that would look like the log's",
            () -> {
              Box.Key owner = box.key("owner");
              String name = "x\\r\\nERROR: forged\\n{\\\"action\\\":\\\"forged\\\"}";
              Answer answer =
                  box.ask(
                      Request.post(KEYS, "{\"name\":\"" + name + "\",\"role\":\"user\"}")
                          .header("User-Agent", "x\\nERROR: forged")
                          .key(owner.text()));
              answer.has(201, 400);
              if (answer.status() == 201) {
                String key = answer.json().getString("key");
                box.revoke(new Box.Key(answer.json().getString("id"), box.secret("a key", key)));
              }
              box.ask(Request.get("/%0d%0aERROR:%20forged").key(owner.text())).has(400, 404);
              box.revoke(owner);
            }),
        dynamicTest(
            "markup in a key's name comes back as JSON that no browser takes for a page",
            () -> {
              Box.Key owner = box.key("owner");
              Box.Key named = box.key("<script>alert(1)</script>", "user", new JsonObject());
              Answer answer = box.ask(Request.get(KEYS).key(owner.text())).has(200);
              assertThat(answer.header("Content-Type")).startsWith("application/json");
              assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
              box.revoke(named);
              box.revoke(owner);
            }));
  }

  Stream<DynamicTest> limits() {
    return Stream.of(
        dynamicTest(
            "more pictures than a key has for the day",
            () -> {
              Box.Key key =
                  box.key("two a day", "user", new JsonObject().put("pictures_per_day", 2));
              submit(key, 3).refusedWith(429, "QUOTA_EXCEEDED");
              submit(key, 1).has(202);
              submit(key, 1).has(202);
              Answer answer = submit(key, 1).refusedWith(429, "QUOTA_EXCEEDED");
              assertThat(answer.header("Retry-After")).matches("[1-9]\\d*");
              box.revoke(key);
            }),
        dynamicTest(
            "a key's last picture of the day, asked for twenty times at once",
            () -> {
              Box.Key key =
                  box.key("one a day", "user", new JsonObject().put("pictures_per_day", 1));
              assertThat(statuses(20, () -> submit(key, 1))).containsOnlyOnce(202).contains(429);
              box.revoke(key);
            }),
        dynamicTest(
            "more jobs at once than a key may have",
            () -> {
              Box.Key key = box.key("one job", "user", new JsonObject().put("concurrent_jobs", 1));
              List<Integer> statuses =
                  statuses(
                      10,
                      () ->
                          box.ask(
                              Request.post(
                                      "/api/v1/jobs", "{\"prompt\":\"a\",\"steps\":50,\"count\":4}")
                                  .key(key.text())));
              assertThat(statuses).contains(202).contains(429);
              box.revoke(key);
            }),
        dynamicTest(
            "limits that are none",
            () -> {
              for (String limit :
                  List.of(
                      "\"pictures_per_day\":-1",
                      "\"pictures_per_day\":0",
                      "\"concurrent_jobs\":0",
                      "\"concurrent_jobs\":9999999999",
                      "\"expires\":\"2001-01-01T00:00:00Z\"",
                      "\"expires\":\"soon\"")) {
                box.askOnSocket(
                        "api.sock",
                        Request.post(KEYS, "{\"name\":\"x\",\"role\":\"user\"," + limit + "}"))
                    .has(400);
              }
            }));
  }

  private Answer submit(Box.Key key, int pictures) {
    return box.ask(
        Request.post(
                "/api/v1/jobs",
                "{\"prompt\":\"a red apple\",\"steps\":1,\"count\":" + pictures + "}")
            .key(key.text()));
  }

  private static List<Integer> statuses(int times, Callable<Answer> ask) throws Exception {
    ExecutorService all = Executors.newFixedThreadPool(times);
    try {
      List<Callable<Answer>> asks = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        asks.add(ask);
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Answer> each : all.invokeAll(asks)) {
        statuses.add(each.get().status());
      }
      return statuses;
    } finally {
      all.shutdownNow();
    }
  }

  private Answer denied(String key) {
    return box.ask(Request.get(KEYS).key(key)).refusedWith(401, "INVALID_KEY");
  }

  private static List<String> withoutDate(Answer answer) {
    return answer.headers().stream()
        .filter(line -> !line.regionMatches(true, 0, "Date:", 0, 5))
        .toList();
  }

  private static String swapCase(String text) {
    StringBuilder swapped = new StringBuilder();
    text.chars()
        .forEach(
            c ->
                swapped.append(
                    (char)
                        (Character.isUpperCase(c)
                            ? Character.toLowerCase(c)
                            : Character.toUpperCase(c))));
    return swapped.toString();
  }
}
