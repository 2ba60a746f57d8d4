package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the network's verbs ask and print; a daemon that would do it is no thing for a test. */
class NetCommandTest {
  @TempDir Path data;

  private Shell shell;
  private ScriptedDaemon daemon;

  @BeforeEach
  void start() {
    shell = new Shell(data);
    daemon = new ScriptedDaemon(data, "api.sock");
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private static JsonObject transaction(String state) {
    boolean end = state.equals("confirmed") || state.equals("rolled_back");
    return new JsonObject()
        .put("id", "k2f5q0d4x6v7w3b2m1n9")
        .put("plan", "5f0c")
        .put("actor", "local")
        .put("state", state)
        .putNull("reason")
        .put("started", "2026-11-23T10:00:00.000Z")
        .put("ended", end ? "2026-11-23T10:01:00.000Z" : null)
        .put("window_seconds", 120)
        .put("deadline", "2026-11-23T10:02:00.000Z")
        .put("left_seconds", 118)
        .put("urls", new JsonArray().add("https://192.168.1.10:8443/"))
        .put("diff", "--- a\n+++ b\n-x\u001b[2J\n+y\n");
  }

  private static JsonObject reply(String state) {
    return new JsonObject().put("transaction", transaction(state));
  }

  private static JsonObject plan() {
    return new JsonObject()
        .put("id", "5f0c")
        .put("changes", true)
        .put("yaml_diff", "--- a/01-netcfg.yaml\n+++ b/01-netcfg.yaml\n-dhcp4: no\n+dhcp4: yes\n")
        .put("generated_diff", "--- eth0.network\n")
        .put("findings", new JsonArray())
        .put(
            "consequences",
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("code", "asker-address-changes")
                        .put("interface", "eth0")
                        .put(
                            "text",
                            "You reach this page by eth0; its address changes from 192.168.1.5 to"
                                + " 192.168.1.10, so open the next address.")))
        .put("editors", new JsonArray())
        .put("urls", new JsonArray().add("https://192.168.1.10:8443/"))
        .put("needs_force", false);
  }

  private static JsonObject check(boolean passed) {
    JsonObject gateway =
        new JsonObject()
            .put("address", "192.168.1.1")
            .put("interface", "eth0")
            .put("answers", passed);
    JsonObject server =
        new JsonObject().put("address", "1.1.1.1").putNull("interface").putNull("answers");
    JsonObject reached =
        new JsonObject()
            .put("address", "192.168.1.57/24")
            .put("leased", true)
            .put("asked_seconds", 7);
    return new JsonObject()
        .put("passed", passed)
        .put(
            "ways",
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("interface", "eth0")
                        .put("carrier", true)
                        .put("addresses", new JsonArray().add(reached)))
                .add(
                    new JsonObject()
                        .put("interface", "eth1")
                        .put("carrier", false)
                        .put("addresses", new JsonArray())))
        .put("gateways", new JsonArray().add(gateway))
        .put("nameservers", new JsonArray().add(server));
  }

  @Test
  void aCheckTellsWhatWorksAndFailsWhenSomethingDoesNot() {
    daemon.on("GET /api/v1/network/check", 200, check(true));
    assertThat(shell.airbox("net", "check", "--data", data.toString())).isZero();
    assertThat(shell.out())
        .contains("eth0  up        192.168.1.57/24 (dynamic)  7 s ago")
        .contains("eth1  no cable  none")
        .contains("gateway      192.168.1.1 by eth0  answers")
        .contains("name server  1.1.1.1              ?");
    daemon.on("GET /api/v1/network/check", 200, check(false));
    assertThat(shell.airbox("net", "check", "--data", data.toString())).isEqualTo(ExitCodes.FAILED);
  }

  @Test
  void aPlanFitsASerialConsole() {
    daemon.on("POST /api/v1/network/plan", 200, plan());
    assertThat(
            shell.airbox(
                "net",
                "plan",
                "--preset",
                "static",
                "--field",
                "address=192.168.1.10/24",
                "--data",
                data))
        .isZero();
    assertThat(shell.out())
        .isEqualTo(
            """
            --- a/01-netcfg.yaml
            +++ b/01-netcfg.yaml
            -dhcp4: no
            +dhcp4: yes
            - You reach this page by eth0; its address changes from 192.168.1.5 to
              192.168.1.10, so open the next address.
            - the page is then at https://192.168.1.10:8443/
            plan 5f0c
            """);
    assertThat(shell.out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(daemon.requests)
        .contains(
            "POST /api/v1/network/plan"
                + " {\"preset\":\"static\",\"fields\":{\"address\":\"192.168.1.10/24\"}}");
    assertThat(shell.airbox("net", "plan", "--before", "k2", "--generated", "--data", data))
        .isZero();
    assertThat(shell.out()).contains("--- eth0.network");
  }

  @Test
  void aFileIsSentUnderItsName() throws Exception {
    daemon.on("POST /api/v1/network/plan", 200, plan());
    Path file = Files.writeString(data.resolve("50-lan.yaml"), "network: {}\n");
    assertThat(shell.airbox("net", "plan", "--from", file, "--data", data)).isZero();
    assertThat(daemon.requests)
        .contains("POST /api/v1/network/plan {\"files\":{\"50-lan.yaml\":\"network: {}\\n\"}}");
    assertThat(shell.airbox("net", "plan", "--from", data.resolve("none"), "--data", data))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.airbox("net", "plan", "--data", data)).isEqualTo(ExitCodes.USAGE);
    assertThat(shell.airbox("net", "plan", "--preset", "a", "--before", "b", "--data", data))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.airbox("net", "plan", "--before", "a", "--field", "b=c", "--data", data))
        .isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void aRefusedPlanTellsEveryFinding() {
    daemon.on(
        "POST /api/v1/network/plan",
        422,
        new JsonObject()
            .put("code", "PLAN_REFUSED")
            .put("detail", "no")
            .put(
                "findings",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("severity", "error")
                            .put("file", "01-netcfg.yaml")
                            .put("line", 7)
                            .put("message", "gateway 10.0.0.1 is in no subnet of eth0")
                            .put("advice", "give eth0 an address of its net"))
                    .add(
                        new JsonObject()
                            .put("severity", "warning")
                            .putNull("file")
                            .put("message", "no name server")
                            .put("advice", ""))));
    assertThat(shell.airbox("net", "plan", "--preset", "static", "--data", data))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err())
        .isEqualTo(
            """
            airbox: the change is refused:
            - error: 01-netcfg.yaml:7: gateway 10.0.0.1 is in no subnet of eth0; give eth0
              an address of its net
            - warning: no name server
            """);
  }

  private void canApply(String then) {
    daemon
        .on("POST /api/v1/network/plan", 200, plan())
        .on(
            "POST /api/v1/network/apply",
            202,
            reply("prepared").put("token", "secret").put("urls", new JsonArray()))
        .on("GET /api/v1/network/transaction", 200, reply(then))
        .on("POST /api/v1/network/confirm", 200, reply("confirmed"))
        .on("POST /api/v1/network/revert", 200, reply("rolled_back"));
  }

  @Test
  void aChangeIsShownAskedForAndKept() {
    canApply("awaiting_confirm");
    shell.typing("yes", "yes");
    assertThat(shell.airbox("net", "apply", "--preset", "both-dhcp", "--data", data)).isZero();
    assertThat(shell.err())
        .contains("+dhcp4: yes")
        .contains("Apply it for 120 s?")
        .contains("Keep the new settings? [yes/no] (1");
    assertThat(shell.out()).contains("kept");
    assertThat(daemon.requests)
        .contains(
            "POST /api/v1/network/apply {\"window\":120,\"force\":false,\"plan\":\"5f0c\"}",
            "POST /api/v1/network/confirm"
                + " {\"transaction\":\"k2f5q0d4x6v7w3b2m1n9\",\"token\":\"secret\"}");
    assertThat(shell.out() + shell.err()).doesNotContain("secret");
  }

  @Test
  void aNoTakesItBack() {
    canApply("awaiting_confirm");
    shell.typing("yes", "no");
    assertThat(shell.airbox("net", "apply", "--preset", "both-dhcp", "--data", data))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(shell.out()).contains("the former settings are back");
    assertThat(daemon.requests)
        .anyMatch(each -> each.startsWith("POST /api/v1/network/revert"))
        .noneMatch(each -> each.startsWith("POST /api/v1/network/confirm"));
  }

  @Test
  void whatIsNotAgreedToIsNotBegun() {
    canApply("awaiting_confirm");
    shell.typing("y");
    assertThat(shell.airbox("net", "apply", "--preset", "both-dhcp", "--data", data))
        .isEqualTo(ExitCodes.FAILED);
    shell.piping("yes\n");
    assertThat(shell.airbox("net", "apply", "--preset", "both-dhcp", "--data", data))
        .isEqualTo(ExitCodes.USAGE);
    assertThat(shell.err()).contains("--yes");
    assertThat(shell.airbox("net", "apply", "--data", data)).isEqualTo(ExitCodes.USAGE);
    assertThat(daemon.requests).noneMatch(each -> each.startsWith("POST /api/v1/network/apply"));
  }

  @Test
  void aScriptIsToldHowToKeepIt() {
    canApply("awaiting_confirm");
    shell.piping("");
    assertThat(
            shell.airbox(
                "net",
                "apply",
                "--plan",
                "5f0c",
                "--yes",
                "--window",
                "300",
                "--force",
                "--json",
                "--data",
                data))
        .isZero();
    assertThat(shell.json().getString("token")).isEqualTo("secret");
    assertThat(shell.err()).contains("airbox net confirm k2f5q0d4x6v7w3b2m1n9");
    assertThat(daemon.requests)
        .contains("POST /api/v1/network/apply {\"window\":300,\"force\":true,\"plan\":\"5f0c\"}")
        .noneMatch(each -> each.startsWith("POST /api/v1/network/plan"));
  }

  @Test
  void theConsoleConfirmsWithoutAToken() {
    canApply("awaiting_confirm");
    assertThat(shell.airbox("net", "confirm", "--data", data)).isZero();
    assertThat(shell.out())
        .isEqualTo(
            """
            change  k2f5q0d4x6v7w3b2m1n9
            state   kept
            """);
    assertThat(daemon.requests)
        .contains("POST /api/v1/network/confirm {\"transaction\":\"k2f5q0d4x6v7w3b2m1n9\"}");
    assertThat(shell.airbox("net", "revert", "abc", "--data", data)).isZero();
    assertThat(daemon.requests).contains("POST /api/v1/network/revert {\"transaction\":\"abc\"}");
    daemon.on("GET /api/v1/network/transaction", 200, new JsonObject().putNull("transaction"));
    assertThat(shell.airbox("net", "confirm", "--data", data)).isEqualTo(ExitCodes.FAILED);
    assertThat(shell.err()).contains("no change of the network is under way");
  }

  @Test
  void historyIsToldNewestLastAndHarmlessly() {
    daemon.on(
        "GET /api/v1/network/history",
        200,
        new JsonObject()
            .put(
                "entries",
                new JsonArray()
                    .add(transaction("confirmed"))
                    .add(transaction("rolled_back").put("id", "older"))
                    .add(transaction("rolled_back").put("id", "oldest"))));
    assertThat(shell.airbox("net", "history", "--limit", "2", "--diff", "--data", data)).isZero();
    assertThat(shell.out().lines().map(line -> line.split(" ")[0]))
        .containsExactly(
            "older",
            "---",
            "+++",
            "-x\uFFFD[2J",
            "+y",
            "k2f5q0d4x6v7w3b2m1n9",
            "---",
            "+++",
            "-x\uFFFD[2J",
            "+y");
    daemon.on("GET /api/v1/network/history", 200, new JsonObject().put("entries", new JsonArray()));
    assertThat(shell.airbox("net", "history", "--data", data)).isZero();
    assertThat(shell.err()).contains("was not changed from here yet");
  }

  @Test
  void theNetworkFitsASerialConsole() {
    JsonObject eth0 =
        new JsonObject()
            .put("name", "eth0")
            .put("kind", "port")
            .put("up", true)
            .put("carrier", true)
            .put("speed", 1000)
            .put("duplex", "full")
            .putNull("master")
            .putNull("bond")
            .put(
                "addresses",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("address", "192.168.1.57/24")
                            .put("dynamic", true)
                            .put("scope", "global"))
                    .add(
                        new JsonObject()
                            .put("address", "fe80::1/64")
                            .put("dynamic", false)
                            .put("scope", "link")));
    JsonObject eth1 =
        eth0.copy()
            .put("name", "eth1")
            .put("carrier", false)
            .putNull("speed")
            .put("addresses", new JsonArray());
    daemon.on(
        "GET /api/v1/network",
        200,
        new JsonObject()
            .put("hostname", "airbox")
            .put("reached_through", "eth0")
            .put("persistence", "overlay")
            .put("versions", new JsonObject().put("netplan.io", "0.99-0ubuntu3"))
            .putNull("transaction")
            .put(
                "configuration",
                new JsonObject()
                    .put("findings", new JsonArray())
                    .put(
                        "settings",
                        new JsonObject()
                            .put("ethernets", new JsonObject().put("eth0", new JsonObject()))
                            .put("bonds", new JsonObject()))
                    .put(
                        "origins",
                        new JsonObject().put("ethernets.eth0.dhcp4", "01-netcfg.yaml:6:14")))
            .put(
                "live",
                new JsonObject()
                    .put("interfaces", new JsonArray().add(eth0).add(eth1))
                    .put("nameservers", new JsonArray())
                    .put(
                        "routes",
                        new JsonArray()
                            .add(
                                new JsonObject()
                                    .put("to", "default")
                                    .put("via", "192.168.1.1")
                                    .put("interface", "eth0")
                                    .put("metric", 100)))));
    assertThat(shell.airbox("net", "show", "--data", data)).isZero();
    assertThat(shell.out())
        .isEqualTo(
            """
            PORT    LINK           ADDRESSES                  SET IN
            eth0 *  up 1000M full  192.168.1.57/24 (dynamic)  01-netcfg.yaml:6:14
            eth1    no cable       none

            * the way by which you reach the box

            host name      airbox
            default route  192.168.1.1 by eth0, metric 100
            name servers   none
            netplan        0.99-0ubuntu3
            settings       stay until a factory reset
            """);
  }

  @Test
  void aTreeWithoutItsKernelListsWhatItsFilesName(@TempDir Path tree) throws Exception {
    Files.createDirectories(tree.resolve("etc/netplan"));
    Files.writeString(
        tree.resolve("etc/netplan/01-netcfg.yaml"),
        """
        network:
          version: 2
          ethernets:
            eth0: {dhcp4: true}
            lan: {match: {macaddress: '00:11:22:33:44:55'}, set-name: eth1}
          bonds:
            bond0:
              interfaces: [eth0, lan]
              addresses: [10.0.0.2/24, 10.0.0.3/24: {label: a}]
        """);

    assertThat(shell.airbox("net", "show", "--sysroot", tree.toString())).isZero();

    assertThat(shell.out())
        .startsWith(
            """
            PORT   LINK           ADDRESSES                 SET IN
            eth0   not seen live  DHCP                      01-netcfg.yaml:4:11
            eth1   not seen live  none                      01-netcfg.yaml:5:10
            bond0  not seen live  10.0.0.2/24, 10.0.0.3/24  01-netcfg.yaml:7:5
            """);
  }

  @Test
  void mirrorAndTimeServersAreShownTriedAndChosen() {
    daemon
        .on(
            "GET /api/v1/system/mirror",
            200,
            new JsonObject()
                .put("release", "focal")
                .put("mirror", "http://ports.ubuntu.com")
                .put(
                    "lines",
                    new JsonArray()
                        .add(
                            new JsonObject()
                                .put("uri", "http://ports.ubuntu.com/ubuntu-ports")
                                .put("suite", "focal")
                                .put("own", true)))
                .put("can_restore", false))
        .on(
            "PUT /api/v1/system/mirror",
            200,
            new JsonObject()
                .put("dry_run", true)
                .put("steps", new JsonArray().add("write the new ones"))
                .put(
                    "reached",
                    new JsonArray()
                        .add(
                            new JsonObject()
                                .put("target", "https://m.example/ubuntu-ports/dists/focal")
                                .put("reachable", false)
                                .put("detail", "HTTP 404"))))
        .on(
            "PUT /api/v1/system/ntp",
            200,
            new JsonObject()
                .put("dry_run", false)
                .put("steps", new JsonArray())
                .put("reached", new JsonArray()));
    assertThat(shell.airbox("system", "mirror", "--data", data)).isZero();
    assertThat(shell.out())
        .contains("mirror       http://ports.ubuntu.com")
        .contains("packages     http://ports.ubuntu.com/ubuntu-ports focal");
    assertThat(
            shell.airbox(
                "system", "mirror", "--set", "https://m.example", "--dry-run", "--data", data))
        .isZero();
    assertThat(shell.err())
        .contains("https://m.example/ubuntu-ports/dists/focal is no use: HTTP 404")
        .contains("nothing was done");
    assertThat(shell.airbox("system", "ntp", "--set", "a", "--set", "b", "--force", "--data", data))
        .isZero();
    assertThat(shell.airbox("system", "ntp", "--set", "", "--data", data)).isZero();
    assertThat(shell.airbox("system", "mirror", "--undo", "--data", data)).isZero();
    assertThat(daemon.requests)
        .contains(
            "PUT /api/v1/system/mirror {\"dry_run\":true,\"mirror\":\"https://m.example\"}",
            "PUT /api/v1/system/ntp {\"dry_run\":false,\"force\":true,\"servers\":[\"a\",\"b\"]}",
            "PUT /api/v1/system/ntp {\"dry_run\":false,\"servers\":[]}",
            "PUT /api/v1/system/mirror {\"dry_run\":false,\"previous\":true}");
    assertThat(shell.airbox("system", "ntp", "--undo", "--set", "a", "--data", data))
        .isEqualTo(ExitCodes.USAGE);
  }
}
