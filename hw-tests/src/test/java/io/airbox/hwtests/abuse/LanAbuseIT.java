package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.airbox.hwtests.DaemonProcess;
import io.airbox.hwtests.wire.Answer;
import io.airbox.hwtests.wire.Request;
import io.airbox.hwtests.wire.Wire;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Those on the same LAN, who hear plain HTTP and can speak it. The LAN is a network namespace in
 * which the daemon is alone; who asks it is put there too. Needs root or user namespaces.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LanAbuseIT {
  /** An address for documentation (RFC 5737), which is nobody's. */
  private static final String ADDRESS = "198.51.100.7";

  private static final String CLAIM = "{\"code\":\"CODE\",\"passphrase\":\"heard on the wire\"}";

  @TempDir static Path data;
  private static List<String> user;
  private static DaemonProcess daemon;
  private static int port;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    boolean root = OtherUser.isRoot();
    List<String> unshare =
        root
            ? List.of("unshare", "--net")
            : List.of("unshare", "--user", "--map-root-user", "--net");
    List<String> probe = new ArrayList<>(unshare);
    probe.add("true");
    Assumptions.assumeTrue(
        OtherUser.run(probe).exit() == 0, "this takes root, or user namespaces for all");
    user = root ? List.of() : List.of("--user", "--preserve-credentials");
    List<String> within = new ArrayList<>(unshare);
    within.addAll(
        List.of(
            "sh",
            "-c",
            "ip link set lo up && ip address add " + ADDRESS + "/32 dev lo && exec \"$0\" \"$@\""));
    daemon =
        DaemonProcess.start(
            data,
            Map.of(
                "http.host", "0.0.0.0",
                "http.port", "0",
                "https.port", "0",
                "helper.socket", data.resolve("no-helper.sock").toString()),
            within);
    port = daemon.address().getPort();
    Awaitility.await("HTTPS")
        .atMost(Duration.ofSeconds(30))
        .until(() -> daemon.output().contains("HTTPS is at"));
  }

  @AfterAll
  static void stop() {
    if (daemon != null) {
      daemon.close();
    }
  }

  @TestFactory
  @Order(1)
  Stream<DynamicTest> unclaimed() {
    String code = Box.claimCode(daemon);
    return Stream.of(
        dynamicTest(
            "a claim that all can hear, with the right code",
            () -> {
              toTls(
                  ask(Request.post("/api/v1/claim", CLAIM.replace("CODE", code))), "/api/v1/claim");
              claimed(false);
            }),
        dynamicTest(
            "a claim that says it came over TLS",
            () -> {
              toTls(
                  ask(
                      Request.post("/api/v1/claim", CLAIM.replace("CODE", code))
                          .header("X-Forwarded-Proto", "https")
                          .header("Forwarded", "proto=https;for=127.0.0.1")
                          .header("X-Forwarded-For", "127.0.0.1")),
                  "/api/v1/claim");
              claimed(false);
            }),
        dynamicTest(
            "a claim that is sent on to another host",
            () -> {
              Answer named =
                  ask(
                      Request.post("/api/v1/claim", CLAIM.replace("CODE", code))
                          .header("Host", "evil.example"));
              named.refusedWith(421, "WRONG_HOST");
              assertThat(named.header("Location")).isNull();
              toTls(
                  ask(
                      Request.post("/api/v1/claim", CLAIM.replace("CODE", code))
                          .header("X-Forwarded-Host", "evil.example")),
                  "/api/v1/claim");
            }),
        dynamicTest(
            "another address than the one that was called",
            () ->
                ask(Request.get("/api/v1/status").header("Host", "198.51.100.99"))
                    .refusedWith(421, "WRONG_HOST")));
  }

  @TestFactory
  @Order(2)
  Stream<DynamicTest> claimed() {
    JsonObject claim = new JsonObject().put("passphrase", "never on the wire");
    String cookie =
        onSocket(Request.post("/api/v1/claim", claim.encode())).has(201).all("Set-Cookie").stream()
            .map(line -> line.split(";", 2)[0].split("=", 2)[1])
            .findFirst()
            .orElse("A".repeat(43));
    String owner = key("owner");
    String operator = key("operator");
    String user = key("user");
    return Stream.of(
        dynamicTest(
            "signing in where all can hear",
            () -> toTls(ask(Box.signIn("passphrase", "never on the wire")), "/api/v1/session")),
        dynamicTest(
            "an owner's key in plain text",
            () -> {
              for (String path : List.of("/api/v1/keys", "/api/v1/jobs", "/api/v1/status")) {
                Answer answer = ask(Request.get(path).key(owner));
                answer.has(307, 403);
                assertThat(answer.code()).isEqualTo("TLS_REQUIRED");
              }
            }),
        dynamicTest(
            "an operator's key in plain text",
            () -> ask(Request.get("/api/v1/jobs").key(operator)).refusedWith(403, "TLS_REQUIRED")),
        dynamicTest(
            "the owner's cookie in plain text",
            () -> {
              for (String name : List.of("airbox_login", "__Host-airbox")) {
                Answer answer = ask(Request.get("/api/v1/keys").cookie(name + "=" + cookie));
                answer.has(307, 401, 403);
                assertThat(answer.body()).doesNotContain("\"keys\"");
              }
            }),
        dynamicTest(
            "an owner's route in plain text",
            () -> {
              toTls(ask(Request.get("/api/v1/audit?limit=1")), "/api/v1/audit?limit=1");
              toTls(ask(Request.of("DELETE", "/api/v1/keys/00000000")), "/api/v1/keys/00000000");
            }),
        dynamicTest(
            "recovery from across the room",
            () -> ask(Request.of("DELETE", "/api/v1/claim")).has(307, 401, 403)),
        dynamicTest(
            "pictures without a key, and with a user's, are what plain text is for",
            () -> {
              ask(Request.get("/api/v1/session")).has(200);
              ask(Request.post("/api/v1/jobs", "{\"prompt\":\"a\",\"steps\":1}")).has(202);
              ask(Request.post("/api/v1/jobs", "{\"prompt\":\"a\",\"steps\":1}").key(user))
                  .has(202);
            }));
  }

  /** Sent on to the same place over TLS, and nowhere else. */
  private static void toTls(Answer answer, String path) {
    answer.refusedWith(307, "TLS_REQUIRED");
    assertThat(answer.header("Location"))
        .matches("https://" + ADDRESS.replace(".", "\\.") + ":\\d+" + path.replace("?", "\\?"));
  }

  private static void claimed(boolean claimed) throws IOException, InterruptedException {
    assertThat(ask(Request.get("/api/v1/status")).json().getBoolean("claimed")).isEqualTo(claimed);
  }

  private static String key(String role) {
    JsonObject key = new JsonObject().put("name", role).put("role", role);
    return onSocket(Request.post("/api/v1/keys", key.encode())).has(201).json().getString("key");
  }

  private static Answer onSocket(Request request) {
    try (Wire wire = Wire.unix(data.resolve("api.sock"))) {
      wire.say(request.wire("box"));
      return wire.answer();
    }
  }

  /** Asks from inside the namespace, over its LAN. */
  private static Answer ask(Request request) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("nsenter", "--target", String.valueOf(daemon.handle().pid()), "--net"));
    command.addAll(user);
    command.addAll(
        List.of("bash", "-c", "exec 3<>/dev/tcp/" + ADDRESS + "/" + port + "; cat >&3; cat <&3"));
    Process process = new ProcessBuilder(command).start();
    process
        .getOutputStream()
        .write(request.wire(ADDRESS + ":" + port).getBytes(StandardCharsets.ISO_8859_1));
    process.getOutputStream().close();
    Answer answer = Wire.read(process.getInputStream());
    assertThat(process.waitFor()).as("%s", command).isZero();
    return Box.clean(answer);
  }
}
