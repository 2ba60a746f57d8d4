package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.airbox.hwtests.wire.Answer;
import io.airbox.hwtests.wire.Request;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/** Guests who take what is others', or more than their share. */
final class GuestAbuses {
  private static final String JOBS = "/api/v1/jobs";
  private static final String JOB = "{\"prompt\":\"a secret apple\",\"steps\":1}";

  private final Box box;

  GuestAbuses(Box box) {
    this.box = box;
  }

  Stream<DynamicTest> strangersThings() {
    String victim = box.stranger();
    String thief = box.stranger();
    Box.Key user = box.key("user");
    JsonObject job = finished(victim, null);
    JsonObject users = finished(box.stranger(), user);
    List<DynamicTest> tests = new ArrayList<>();
    for (List<String> each :
        List.of(
            List.of("GET", JOBS + "/JOB"),
            List.of("GET", JOBS + "/JOB/events"),
            List.of("POST", JOBS + "/JOB/cancel"),
            List.of("GET", "/api/v1/pictures/PICTURE"),
            List.of("GET", "/api/v1/pictures/PICTURE.png"),
            List.of("DELETE", "/api/v1/pictures/PICTURE"))) {
      for (JsonObject whose : List.of(job, users)) {
        String id = whose.getString("id");
        String path = each.get(1).replace("JOB", id).replace("PICTURE", id + "-0");
        String made = whose == job ? "another guest's" : "a user's";
        tests.add(
            dynamicTest(
                made + ": " + each.get(0) + " " + each.get(1) + " by a guest",
                () -> box.ask(thief, Request.of(each.get(0), path)).refusedWith(404, "NOT_FOUND")));
      }
    }
    tests.add(
        dynamicTest(
            "a user's: what another user's key opens",
            () -> {
              Box.Key other = box.key("user");
              String id = users.getString("id");
              box.ask(Request.get(JOBS + "/" + id).key(other.text())).refusedWith(404, "NOT_FOUND");
              box.ask(Request.of("DELETE", "/api/v1/pictures/" + id + "-0").key(other.text()))
                  .refusedWith(404, "NOT_FOUND");
              box.revoke(other);
            }));
    tests.add(
        dynamicTest(
            "what others have made is in no list",
            () -> {
              for (String path : List.of(JOBS, "/api/v1/pictures?limit=1000")) {
                assertThat(box.ask(thief, Request.get(path)).has(200).body())
                    .doesNotContain(job.getString("id"), users.getString("id"), "secret apple");
              }
            }));
    tests.add(
        dynamicTest(
            "a guest's cookie that is made up",
            () -> {
              for (String cookie :
                  List.of("airbox_session=" + "0".repeat(32), "airbox_session=x")) {
                box.ask(thief, Request.get(JOBS + "/" + job.getString("id")).cookie(cookie))
                    .refusedWith(404, "NOT_FOUND");
              }
            }));
    tests.add(
        dynamicTest(
            "another address than one's own",
            () -> {
              for (String header : List.of("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")) {
                String value = header.equals("Forwarded") ? "for=" + victim : victim;
                box.ask(thief, Request.get(JOBS + "/" + job.getString("id")).header(header, value))
                    .refusedWith(404, "NOT_FOUND");
              }
            }));
    tests.add(
        dynamicTest(
            "after all of it, the victims still have what is theirs",
            () -> {
              String id = job.getString("id");
              box.ask(victim, Request.get(JOBS + "/" + id)).has(200);
              box.ask(victim, Request.get("/api/v1/pictures/" + id + "-0.png")).has(200);
              box.ask(
                      Request.get("/api/v1/pictures/" + users.getString("id") + "-0.png")
                          .key(user.text()))
                  .has(200);
              box.revoke(user);
            }));
    return tests.stream();
  }

  private JsonObject finished(String address, Box.@Nullable Key key) {
    Request request = Request.post(JOBS, JOB);
    JsonObject job =
        box.ask(address, key == null ? request : request.key(key.text())).has(202).json();
    Request look = Request.get(JOBS + "/" + job.getString("id"));
    Request show = key == null ? look : look.key(key.text());
    for (int i = 0; i < 600 && !"completed".equals(job.getString("status")); i++) {
      try {
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      job = box.ask(address, show).has(200).json();
    }
    assertThat(job.getString("status")).isEqualTo("completed");
    return job;
  }

  Stream<DynamicTest> floods() {
    return Stream.of(
        dynamicTest(
            "more jobs than a guest's address may submit in a minute",
            () -> {
              String flooder = box.stranger();
              List<Answer> answers = new ArrayList<>();
              for (int i = 0; i < 40; i++) {
                // addresses and browsers that are made up do not make another guest
                answers.add(
                    box.ask(
                        flooder,
                        Request.post(JOBS, JOB)
                            .header("X-Forwarded-For", "10.0.0." + i)
                            .header("User-Agent", "browser " + i)));
              }
              assertThat(answers)
                  .allMatch(answer -> answer.status() == 202 || answer.status() == 429);
              assertThat(answers.get(39).status()).isEqualTo(429);
              assertThat(answers.get(39).header("Retry-After")).matches("[1-9]\\d*");
              assertThat(Collections.frequency(answers.stream().map(Answer::status).toList(), 202))
                  .isLessThanOrEqualTo(30);
            }),
        dynamicTest(
            "guests of many addresses do not take the whole queue",
            () -> {
              List<Answer> answers = new ArrayList<>();
              List<String> flooders = new ArrayList<>();
              for (int i = 0; i < 8; i++) {
                String flooder = box.stranger();
                flooders.add(flooder);
                for (int j = 0; j < 12; j++) {
                  answers.add(
                      box.ask(
                          flooder,
                          Request.post(JOBS, "{\"prompt\":\"a\",\"steps\":50,\"count\":10}")));
                }
              }
              assertThat(answers).anyMatch(answer -> answer.status() == 429);
              Box.Key key = box.key("user");
              box.ask(Request.post(JOBS, JOB).key(key.text())).has(202);
              box.revoke(key);
              for (int i = 0; i < answers.size(); i++) {
                if (answers.get(i).status() == 202) {
                  String id = answers.get(i).json().getString("id");
                  box.ask(flooders.get(i / 12), Request.of("POST", JOBS + "/" + id + "/cancel"))
                      .has(200, 409);
                }
              }
            }));
  }

  /** Shuts out all guests for a while, the normal ones as well. */
  Stream<DynamicTest> unwelcome() {
    return Stream.of(
        dynamicTest(
            "guests where the owner wants none",
            () -> {
              guests(false);
              try {
                box.ask(Request.post(JOBS, JOB)).has(401);
                box.ask(Request.get("/api/v1/pictures")).has(401);
                box.ask(Request.post("/v1/images/generations", "{\"prompt\":\"a\"}").key("sk-none"))
                    .has(401);
              } finally {
                guests(true);
              }
            }));
  }

  private void guests(boolean welcome) {
    box.askOnSocket(
            "api.sock",
            Request.of("PUT", "/api/v1/access")
                .header("Content-Type", "application/json")
                .body("{\"guests\":" + welcome + "}"))
        .has(200, 204);
  }
}
