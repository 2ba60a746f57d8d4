package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.daemon.TestDaemon;
import io.airbox.daemon.network.TreeStaging;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The network's routes on a tree of files, with netplan itself behind the plans. */
class NetworkApiTest {
  private static final String FACTORY =
      """
      # the owner's own words
      network:
        version: 2
        renderer: networkd
        ethernets:
          eth0:
            dhcp4: yes
            addresses: []
            optional: yes
            dhcp-identifier: mac
          eth1:
            dhcp4: no
            addresses: [192.168.150.1/24]
            optional: yes
      """;

  private static final String PASSPHRASE = "correct horse battery";

  @TempDir Path folder;

  private Path tree;
  private TestDaemon daemon;
  private RawHttp.Way socket;
  private String key;

  @BeforeEach
  void start() throws Exception {
    tree = Files.createDirectories(folder.resolve("tree/etc/netplan")).resolve("../..").normalize();
    Files.writeString(tree.resolve("etc/netplan/01-netcfg.yaml"), FACTORY);
    daemon =
        TestDaemon.start(
            folder.resolve("data"),
            Map.of("sysroot", tree.toString(), "https.enabled", "true"),
            new TreeStaging(tree));
    daemon.httpsUrl();
    socket = RawHttp.unix(folder.resolve("data/api.sock"));
    socket.send("POST", "/api/v1/claim", "", "{\"passphrase\":\"" + PASSPHRASE + "\"}");
    key =
        new JsonObject(
                socket
                    .send("POST", "/api/v1/keys", "", "{\"name\":\"o\",\"role\":\"owner\"}")
                    .body())
            .getString("key");
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private static void needsNetplan() {
    boolean there =
        Files.isExecutable(Path.of("/usr/libexec/netplan/generate"))
            || Files.isExecutable(Path.of("/lib/netplan/generate"));
    assertThat(there || System.getenv("CI") == null).as("netplan.io is installed in CI").isTrue();
    Assumptions.assumeTrue(there, "netplan.io is not installed");
  }

  private RawHttp.Reply ask(String method, String path, String body) {
    return socket.send(method, "/api/v1/network" + path, "", body);
  }

  private static JsonObject good(RawHttp.Reply reply, int status) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    return new JsonObject(reply.body());
  }

  private static void valid(String schema, JsonObject json) throws IOException {
    OpenApiDocumentTest.validate(schema, new ObjectMapper().readTree(json.encode()));
  }

  private String file() throws IOException {
    return Files.readString(tree.resolve("etc/netplan/01-netcfg.yaml"));
  }

  private JsonObject planned(String wish) {
    return good(ask("POST", "/plan", wish), 200);
  }

  private JsonObject applied(JsonObject plan) {
    return good(
        ask("POST", "/apply", "{\"plan\":\"" + plan.getString("id") + "\",\"force\":true}"), 202);
  }

  /** Until the change is in effect: it begins two seconds after the answer. */
  private JsonObject awaited(String state) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> good(ask("GET", "/transaction", ""), 200).getJsonObject("transaction"),
            now -> now != null && now.getString("state").equals(state));
  }

  private static String confirmation(JsonObject announced) {
    return new JsonObject()
        .put("transaction", announced.getJsonObject("transaction").getString("id"))
        .put("token", announced.getString("token"))
        .encode();
  }

  @Test
  void showsWhatTheFilesSayAndWhere() throws Exception {
    JsonObject shown = good(ask("GET", "", ""), 200);

    valid("Network", shown);
    JsonObject configuration = shown.getJsonObject("configuration");
    JsonObject eth1 =
        configuration.getJsonObject("settings").getJsonObject("ethernets").getJsonObject("eth1");
    assertThat(eth1.getJsonArray("addresses")).containsExactly("192.168.150.1/24");
    assertThat(configuration.getJsonObject("origins").getString("ethernets.eth1.addresses[0]"))
        .isEqualTo("01-netcfg.yaml:13:19");
    assertThat(shown.getValue("transaction")).isNull();
    assertThat(shown.getString("persistence")).isEqualTo("unknown");
    valid("NetworkPresets", good(ask("GET", "/presets", ""), 200));
    valid("NetworkPresent", good(ask("GET", "/transaction", ""), 200));
    valid("NetworkHistory", good(ask("GET", "/history", ""), 200));
  }

  @Test
  void aCheckOfARecordedTreeAsksNobody() throws Exception {
    JsonObject check = good(ask("GET", "/check", ""), 200);

    valid("NetworkCheck", check);
    for (String kind : List.of("gateways", "nameservers")) {
      assertThat(check.getJsonArray(kind))
          .allMatch(each -> ((JsonObject) each).getValue("answers") == null);
    }
  }

  @Test
  void aPlanTouchesNothing() throws Exception {
    needsNetplan();
    JsonObject plan = planned("{\"preset\":\"both-dhcp\"}");

    valid("NetworkPlan", plan);
    assertThat(plan.getBoolean("changes")).isTrue();
    assertThat(plan.getString("yaml_diff")).contains("-      dhcp4: no");
    assertThat(plan.getString("generated_diff")).contains("RouteMetric=200");
    assertThat(file()).isEqualTo(FACTORY);
    JsonObject settings =
        good(ask("GET", "", ""), 200).getJsonObject("configuration").getJsonObject("settings");
    assertThat(planned(new JsonObject().put("settings", settings).encode()).getBoolean("changes"))
        .as("what was shown, sent back")
        .isFalse();
  }

  @Test
  void whatIsWrongIsToldAtItsPlace() throws Exception {
    needsNetplan();
    RawHttp.Reply refused =
        ask(
            "POST",
            "/plan",
            "{\"settings\":{\"ethernets\":{\"eth0\":{\"addresses\":[\"10.0.0.2\"],\"mtu\":\"x\"}}}}");

    JsonObject problem = good(refused, 422);
    assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
    valid("NetworkProblem", problem);
    assertThat(problem.getString("code")).isEqualTo("PLAN_REFUSED");
    assertThat(
            problem.getJsonArray("findings").stream()
                .map(each -> ((JsonObject) each).getString("path")))
        .containsExactly("ethernets.eth0.addresses[0]", "ethernets.eth0.mtu");
    for (String bad :
        List.of(
            "{}",
            "{\"preset\":\"x\",\"undo\":\"y\"}",
            "{\"fields\":{}}",
            "{\"preset\":\"static\",\"fields\":{\"address\":7}}",
            "{\"preset\":\"warp\"}",
            "{\"files\":{\"../x.yaml\":\"\"}}",
            "{\"settings\":[]}")) {
      assertThat(ask("POST", "/plan", bad).status()).as(bad).isEqualTo(400);
    }
    assertThat(ask("POST", "/plan", "{\"undo\":\"aaaaaaaaaaaaaaaa\"}").status()).isEqualTo(404);
    assertThat(ask("POST", "/plan", "{\"undo\":\"../../etc/passwd\"}").status()).isEqualTo(404);
  }

  @Test
  void aChangeIsKeptOverAnAnnouncedOriginAndUndone() throws Exception {
    needsNetplan();
    String page = daemon.httpsUrl().replaceFirst("/$", "");
    RawHttp.Way https = RawHttp.https(daemon);
    String owner = "Authorization: Bearer " + key + "\r\n";
    JsonObject plan =
        planned(
            "{\"preset\":\"static\",\"fields\":{\"port\":\"eth0\",\"address\":\"10.7.0.2/24\"}}");
    JsonObject announced =
        good(
            https.send(
                "POST",
                "/api/v1/network/apply",
                owner + "Origin: https://localhost\r\n",
                "{\"plan\":\"" + plan.getString("id") + "\",\"window\":60}"),
            202);
    valid("NetworkAnnounced", announced);
    assertThat(announced.getJsonArray("urls").encode()).contains("10.7.0.2");
    awaited("awaiting_confirm");
    String next = announced.getJsonArray("urls").getString(0).replaceFirst("/$", "");
    assertThat(leaveOfTheWorker(https).split(" ")).contains("'self'", next).doesNotContain("*");
    assertThat(file()).as("not before it is confirmed").isEqualTo(FACTORY);
    assertThat(
            good(ask("POST", "/apply", "{\"plan\":\"" + plan.getString("id") + "\"}"), 409)
                .getString("code"))
        .isEqualTo("NETWORK_BUSY");

    String body = confirmation(announced);
    String path = "/api/v1/network/confirm";
    for (String origin :
        List.of("https://evil.example", "https://10.7.0.2", page + ".evil", "null")) {
      RawHttp.Reply reply = https.send("POST", path, "Origin: " + origin + "\r\n", body);
      assertThat(reply.code()).as(origin).isEqualTo("WRONG_ORIGIN");
      assertThat(reply.header("Access-Control-Allow-Origin")).as(origin).isNullOrEmpty();
    }
    RawHttp.Reply elsewhere =
        https.send("POST", "/api/v1/network/revert", owner + "Origin: " + next + "\r\n", "{}");
    assertThat(elsewhere.code()).as("for this one path only").isEqualTo("WRONG_ORIGIN");
    RawHttp.Reply wrong =
        https.send(
            "POST",
            path,
            "Origin: " + next + "\r\n",
            new JsonObject(body).put("token", "guess").encode());
    assertThat(wrong.code()).isEqualTo("WRONG_TOKEN");
    assertThat(wrong.header("Access-Control-Allow-Origin")).isEqualTo(next);

    JsonObject kept =
        good(
            https.send(
                "POST", path, "Origin: " + next + "\r\nSec-Fetch-Site: cross-site\r\n", body),
            200);
    valid("NetworkTransactionReply", kept);
    assertThat(leaveOfTheWorker(https)).endsWith("connect-src 'self'");
    assertThat(kept.getJsonObject("transaction").getString("state")).isEqualTo("confirmed");
    assertThat(file()).contains("10.7.0.2/24").contains("# the owner's own words");

    JsonObject history = good(ask("GET", "/history", ""), 200);
    valid("NetworkHistory", history);
    JsonObject entry = history.getJsonArray("entries").getJsonObject(0);
    assertThat(entry.getBoolean("can_undo")).isTrue();
    JsonObject back = planned("{\"undo\":\"" + entry.getString("id") + "\"}");
    applied(back);
    awaited("awaiting_confirm");
    String id = back.getString("id");
    JsonObject present = good(ask("GET", "/transaction", ""), 200).getJsonObject("transaction");
    assertThat(present.getString("plan")).isEqualTo(id);
    good(ask("POST", "/confirm", "{\"transaction\":\"" + present.getString("id") + "\"}"), 200);
    assertThat(file()).as("byte for byte").isEqualTo(FACTORY);
    assertThat(audit()).contains("network.apply", "network.confirm");
  }

  private static String leaveOfTheWorker(RawHttp.Way https) throws IOException {
    return https
        .send("GET", "/state/network-confirm-worker.js?id", "", "")
        .header("Content-Security-Policy");
  }

  @Test
  void aChangeIsTakenBack() throws Exception {
    needsNetplan();
    JsonObject announced = applied(planned("{\"preset\":\"both-dhcp\"}"));
    awaited("awaiting_confirm");
    String id = announced.getJsonObject("transaction").getString("id");
    good(ask("POST", "/revert", "{\"transaction\":\"" + id + "\"}"), 200);

    awaited("rolled_back");
    assertThat(file()).isEqualTo(FACTORY);
    assertThat(ask("POST", "/confirm", confirmation(announced)).status()).isIn(404, 409);
    assertThat(audit()).contains("network.apply", "network.revert", "network.rollback");
  }

  @Test
  void aStalePlanIsNotApplied() throws Exception {
    needsNetplan();
    JsonObject plan = planned("{\"preset\":\"both-dhcp\"}");
    Files.writeString(
        tree.resolve("etc/netplan/01-netcfg.yaml"), FACTORY.replace("own words", "new words"));

    JsonObject refused =
        good(ask("POST", "/apply", "{\"plan\":\"" + plan.getString("id") + "\"}"), 409);
    assertThat(refused.getString("code")).isEqualTo("PLAN_STALE");
    assertThat(good(ask("POST", "/apply", "{\"plan\":\"none\"}"), 409).getString("code"))
        .isEqualTo("PLAN_STALE");
    assertThat(
            good(
                    ask(
                        "POST",
                        "/apply",
                        "{\"plan\":\"" + planned("{\"files\":{}}").getString("id") + "\"}"),
                    409)
                .getString("code"))
        .isEqualTo("NOTHING_CHANGES");
  }

  @Test
  void theLastWayInIsLeftOnlyOnPurpose() throws Exception {
    needsNetplan();
    for (String port : List.of("eth0", "eth1")) {
      Path sys = Files.createDirectories(tree.resolve("sys/class/net/" + port + "/device"));
      Files.writeString(sys.resolve("../carrier"), port.equals("eth0") ? "1\n" : "0\n");
      Files.writeString(sys.resolve("../flags"), "0x1003\n");
    }
    JsonObject plan =
        planned(
            "{\"settings\":{\"ethernets\":{\"eth0\":{\"optional\":true},"
                + "\"eth1\":{\"addresses\":[\"192.168.150.1/24\"],\"optional\":true}}}}");
    assertThat(plan.getBoolean("needs_force")).isTrue();

    String id = "{\"plan\":\"" + plan.getString("id") + "\"";
    assertThat(good(ask("POST", "/apply", id + "}"), 409).getString("code"))
        .isEqualTo("LAST_WAY_IN");
    good(ask("POST", "/apply", id + ",\"force\":true}"), 202);
  }

  private List<String> audit() {
    JsonArray entries =
        new JsonObject(socket.send("GET", "/api/v1/audit", "", "").body()).getJsonArray("entries");
    return entries.stream().map(each -> ((JsonObject) each).getString("action")).toList();
  }
}
