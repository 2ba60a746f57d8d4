package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.airbox.hwtests.wire.Answer;
import io.airbox.hwtests.wire.Request;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A box that nobody owns yet, and many who would like to. */
final class ClaimAbuses {
  private static final String CLAIM = "/api/v1/claim";
  private static final String WRONG = "0000-0000";
  private static final int RACERS = 20;

  private final Box box;

  ClaimAbuses(Box box) {
    this.box = box;
  }

  /** In this order: the last one claims the box. */
  Stream<DynamicTest> all() {
    return Stream.of(
        dynamicTest(
            "unclaimed: an owner's route without an owner",
            () -> {
              box.ask(Request.get("/api/v1/keys")).refusedWith(403, "NOT_CLAIMED");
              box.ask(Request.get("/api/v1/audit")).refusedWith(403, "NOT_CLAIMED");
              box.ask(Request.post("/api/v1/keys", "{\"name\":\"mine\",\"role\":\"owner\"}"))
                  .refusedWith(403, "NOT_CLAIMED");
              box.ask(Request.get("/metrics")).refusedWith(403, "NOT_CLAIMED");
            }),
        dynamicTest(
            "unclaimed: a made-up key",
            () ->
                box.ask(Request.get("/api/v1/keys").key("abx_00000000_" + "A".repeat(43)))
                    .has(401, 403)),
        dynamicTest(
            "unclaimed: signing in without an owner",
            () ->
                box.ask(Request.post("/api/v1/session", "{\"passphrase\":\"open sesame 1\"}"))
                    .refusedWith(403, "NOT_CLAIMED")),
        dynamicTest(
            "unclaimed: the claim code asked for over the network",
            () -> {
              box.ask(Request.get(CLAIM)).has(403);
              box.ask(Request.of("DELETE", CLAIM)).has(403);
            }),
        dynamicTest(
            "unclaimed: a claim without a code",
            () -> {
              box.ask(Request.post(CLAIM, "{\"passphrase\":\"open sesame 1\"}")).has(400, 403);
              claimed(false);
            }),
        dynamicTest(
            "unclaimed: a weak passphrase with the right code",
            () -> {
              box.ask(claim(box.claimCode(), "short")).refusedWith(400, "INVALID_REQUEST");
              box.ask(claim(box.claimCode(), "long".repeat(1000)))
                  .refusedWith(400, "INVALID_REQUEST");
              claimed(false);
            }),
        dynamicTest(
            "unclaimed: the right code, sent by another site's page",
            () -> {
              for (String origin : List.of("https://evil.example", "null", "http://127.0.0.1:1")) {
                box.ask(claim(box.claimCode(), "evil evil evil").header("Origin", origin))
                    .refusedWith(403, "WRONG_ORIGIN");
              }
              claimed(false);
            }),
        dynamicTest("unclaimed: the code guessed until the box stops listening", this::guess),
        dynamicTest(
            "unclaimed: ten wrong guesses, then the code that was right before", this::stale),
        dynamicTest("unclaimed: twenty claims at once with the right code", this::race),
        dynamicTest(
            "claimed: the code that was used, used again",
            () -> {
              box.ask(claim(box.claimCode(), "open sesame 1")).has(403, 409);
              assertThat(box.owner().status()).as("the owner still signs in").isEqualTo(201);
            }));
  }

  /** From one address, until even the right code is not heard any more. */
  private void guess() {
    String address = box.stranger();
    Answer answer = box.ask(address, claim(WRONG, "open sesame 1"));
    answer.refusedWith(403, "WRONG_CODE");
    for (int i = 0; i < 9 && answer.status() == 403; i++) {
      answer = box.ask(address, claim(WRONG, "open sesame 1"));
    }
    answer.refusedWith(429, "TOO_MANY_ATTEMPTS");
    assertThat(answer.header("Retry-After")).matches("[1-9]\\d*");
    box.ask(address, claim(box.claimCode(), "open sesame 1")).refusedWith(429, "TOO_MANY_ATTEMPTS");
    claimed(false);
  }

  /** Guessers of many addresses do not wear the code down: it is replaced. */
  private void stale() {
    String code = box.claimCode();
    for (int i = 0; i < 12 && box.claimCode().equals(code); i++) {
      box.ask(claim(WRONG, "open sesame 1")).refusedWith(403, "WRONG_CODE");
    }
    assertThat(box.claimCode()).as("a new code is announced").isNotEqualTo(code);
    box.ask(claim(code, "open sesame 1")).refusedWith(403, "WRONG_CODE");
    claimed(false);
  }

  private void race() throws Exception {
    String code = box.claimCode();
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService racers = Executors.newFixedThreadPool(RACERS);
    List<Future<Answer>> answers = new ArrayList<>();
    try {
      for (int i = 0; i < RACERS; i++) {
        String address = box.stranger();
        String passphrase = "passphrase of racer " + i;
        answers.add(
            racers.submit(
                () -> {
                  start.await();
                  Answer answer = box.ask(address, claim(code, passphrase));
                  if (answer.status() == 201) {
                    box.belongsTo(passphrase);
                    box.cookie("the cookie of the first session", answer);
                  }
                  return answer;
                }));
      }
      start.countDown();
      int winners = 0;
      for (Future<Answer> each : answers) {
        Answer answer = each.get();
        answer.has(201, 403, 409, 429, 503);
        winners += answer.status() == 201 ? 1 : 0;
      }
      assertThat(winners).as("owners").isEqualTo(1);
    } finally {
      racers.shutdownNow();
    }
    claimed(true);
  }

  private void claimed(boolean claimed) {
    assertThat(box.ask(Request.get("/api/v1/status")).json().getBoolean("claimed"))
        .as("claimed")
        .isEqualTo(claimed);
  }

  private static Request claim(String code, String passphrase) {
    return Request.post(
        CLAIM, new JsonObject().put("code", code).put("passphrase", passphrase).encode());
  }
}
