package io.airbox.hwtests.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a network change promises its owner, on a whole box, seen from both sides. What is killed or
 * cut off at each step is {@link NetworkStagingIT}'s.
 */
@LinuxDoubleTest(appliance = true, minutes = 60)
class NetworkChangeIT {
  private static final String ID = "abcdefghijklmnop";
  private static final String NEXT = "bcdefghijklmnopq";
  private static final String LAST = "cdefghijklmnopqr";
  private static final String READY = "ready";
  private static final String VLAN = "02-vlan.yaml";
  private static final String ACTIVE_BACKUP = NetworkBench.bond("active-backup", "primary: eth0");
  private static final String LACP = NetworkBench.bond("802.3ad", "lacp-rate: fast");

  /** A JVM under emulation on a busy core, that asks another one. */
  private static final Duration COMMAND_LINE = Duration.ofMinutes(4);

  /** The preset of a fixed address. */
  private static final String STATIC =
      "{\"preset\":\"static\",\"fields\":{\"port\":\"eth0\",\"address\":\"%s/24\"}}"
          .formatted(NetworkBench.BOX_0);

  private NetworkBench bench;
  private String delivered;
  private String deliveredEtc;

  @BeforeAll
  void prepare(LinuxDouble box, Lan lan, Console console, Appliance appliance) {
    bench = NetworkBench.prepare(console, lan);
    delivered = bench.file(NetworkBench.FILE);
    deliveredEtc = bench.etc();
    appliance.start();
    box.save(READY);
  }

  @AfterEach
  void startAnew(LinuxDouble box) {
    bench.apart();
    box.restore(READY);
  }

  /** The client that is cut off gets the box back; a second one is told to wait meanwhile. */
  @Test
  void anAddressThatCutsTheClientOffComesBackByItself(Console console, Appliance appliance) {
    console.put(elsewhere(), "/run/" + NetworkBench.FILE);
    String other = plan(appliance, STATIC);
    assertThat(bench.reachable(Lan.BOX)).isTrue();

    String announced =
        console
            .run(
                "airbox net apply --from /run/"
                    + NetworkBench.FILE
                    + " --force --yes --json --window "
                    + bench.brief(),
                COMMAND_LINE)
            .orThrow();
    HttpAnswer second = apply(appliance, NetworkBench.LONG, other);

    assertThat(announced).contains("\"token\"", NetworkBench.BOX_0);
    assertThat(second.status()).as(second.body()).isEqualTo(409);
    assertThat(second.body()).contains("another network change");
    bench.awaitStatus("applied", NetworkBench.SETTLED);
    assertCutOffUntilItIsReverted();
    awaitState(appliance, "rolled_back");
  }

  @Test
  void itComesBackWhenTheDaemonIsKilled(Console console, Appliance appliance) {
    applyAndAwait(appliance, bench.brief(), files(elsewhere()));
    console.run("systemctl kill --signal KILL airboxd").orThrow();
    assertCutOffUntilItIsReverted();
    appliance.start();
    awaitState(appliance, "rolled_back");
  }

  @Test
  void itComesBackWhileNoDaemonRuns(Console console, Appliance appliance) {
    applyAndAwait(appliance, bench.brief(), files(elsewhere()));
    console.run("systemctl stop airboxd").orThrow();
    assertCutOffUntilItIsReverted();
    assertThat(console.run("systemctl is-active airboxd").output()).startsWith("inactive");
  }

  private void assertCutOffUntilItIsReverted() {
    assertThat(bench.reachable(Lan.BOX)).isFalse();
    bench.awaitReachable(NetworkBench.BOX_0);

    bench.awaitStatus("reverted", bench.reverted());

    bench.awaitReachable(Lan.BOX);
    assertThat(bench.reachable(NetworkBench.BOX_0)).isFalse();
    assertThat(bench.etc()).isEqualTo(deliveredEtc);
  }

  @Test
  void confirmingFromTheNewAddressKeepsTheChange(
      LinuxDouble box, Lan lan, Console console, Appliance appliance) {
    JsonNode announced = applyAndAwait(appliance, NetworkBench.LONG, files(elsewhere()));
    assertThat(announced.path("urls").toString()).contains(NetworkBench.BOX_0);
    bench.awaitReachable(NetworkBench.BOX_0);

    String wrong = confirm(lan, announced.path("transaction").path("id").asText(), "A".repeat(32));
    assertThat(wrong).startsWith("403");
    // it was refused, and it arrived
    assertThat(console.run("airbox net check", COMMAND_LINE).output())
        .containsPattern("up +" + Pattern.quote(NetworkBench.BOX_0) + "/\\d+ +\\d+ s ago");
    String reply =
        confirm(
            lan,
            announced.path("transaction").path("id").asText(),
            announced.path("token").asText());
    assertThat(reply).startsWith("200");
    bench.awaitStatus("committed", NetworkBench.SETTLED);
    box.powerCut();
    box.shell();

    assertThat(bench.file(NetworkBench.FILE)).isEqualTo(elsewhere());
    bench.awaitReachable(NetworkBench.BOX_0);
    assertThat(bench.reachable(Lan.BOX)).isFalse();
  }

  @Test
  @Tag("long")
  void theHistoryTellsWhatWasKeptAfterAPowerCut(
      LinuxDouble box, Console console, Appliance appliance) {
    JsonNode announced = applyAndAwait(appliance, NetworkBench.LONG, files(elsewhere()));
    String id = announced.path("transaction").path("id").asText();
    console.run("until airbox net confirm " + id + "; do sleep 2; done", COMMAND_LINE).orThrow();
    box.powerCut();
    box.shell();

    appliance.start();

    JsonNode last = appliance.asOwner("/api/v1/network/history").json().findPath("entries").path(0);
    assertThat(last.path("state").asText()).isEqualTo("confirmed");
    assertThat(console.run("airbox net history", COMMAND_LINE).orThrow()).contains("kept");
  }

  @Test
  void whatIsNotConfirmedIsGoneAfterAPowerCut(LinuxDouble box) {
    bench.stage(ID, NetworkBench.LONG, Map.of(NetworkBench.FILE, elsewhere()));
    bench.awaitReachable(NetworkBench.BOX_0);

    box.powerCut();
    box.shell();

    assertThat(bench.status()).startsWith("reverted", ID);
    assertThat(bench.etc()).isEqualTo(deliveredEtc);
    bench.awaitReachable(Lan.BOX);
    assertThat(bench.reachable(NetworkBench.BOX_0)).isFalse();
  }

  @Test
  @Tag("long")
  void theCommandLineTakesBack(Console console, Appliance appliance) {
    applyAndAwait(appliance, NetworkBench.LONG, files(elsewhere()));
    bench.awaitReachable(NetworkBench.BOX_0);

    console.run("airbox net revert", COMMAND_LINE).orThrow();

    bench.awaitStatus("reverted", NetworkBench.SETTLED);
    assertThat(bench.etc()).isEqualTo(deliveredEtc);
    bench.awaitReachable(Lan.BOX);
  }

  /** Bond, another mode of the same bond, no bond: netplan alone does only the first. */
  @Test
  void bondsComeUpChangeAndGo(Lan lan) throws IOException {
    bench.together();
    bench.stage(ID, NetworkBench.LONG, Map.of(NetworkBench.FILE, ACTIVE_BACKUP));
    bench.awaitReachable(Lan.BOX);
    assertThat(bench.bond("bond0")).contains("Bonding Mode: fault-tolerance (active-backup)");
    bench.commit(ID);

    Process partner = lan.start(LacpPartner.command(Lan.tap(0), Lan.tap(1)));
    try {
      bench.stage(NEXT, NetworkBench.LONG, Map.of(NetworkBench.FILE, LACP), "bond0");
      bench.awaitReachable(Lan.BOX);
      bench.awaitBond("bond0", "Number of ports: 2");
      assertThat(bench.bond("bond0"))
          .contains("Bonding Mode: IEEE 802.3ad Dynamic link aggregation")
          .contains("Partner Mac Address: " + LacpPartner.SYSTEM);
      bench.commit(NEXT);
    } finally {
      partner.children().forEach(ProcessHandle::destroyForcibly);
    }

    bench.apart();
    bench.stage(LAST, NetworkBench.LONG, Map.of(NetworkBench.FILE, delivered), "bond0");
    assertThat(bench.hasLink("bond0")).isFalse();
    bench.awaitReachable(Lan.BOX);
  }

  /**
   * The helper is killed before the timer is armed: nothing has happened, and nothing is in the way
   * of the next change.
   */
  @Test
  void nothingHappensWhenTheHelperIsKilledBeforeTheTimerIsArmed(Console console) {
    bench.hold("systemd-run *");
    console
        // within a shell of its own: the console's would tell when it has ended
        .run("( { " + RootTasks.command("network-stage", killed()) + "; } >/dev/null & )")
        .orThrow();
    bench.awaitHeld();
    console.run("systemctl kill --signal KILL 'airbox-helper@*.service'").orThrow();
    bench.release();
    assertThat(bench.shadows()).isEmpty();
    assertThat(bench.etc()).isEqualTo(deliveredEtc);

    // nor does netplan alone take a VLAN away
    bench.stage(NEXT, NetworkBench.LONG, Map.of(VLAN, NetworkBench.vlan(30)));
    assertThat(console.run("ip -d link show vlan0").orThrow()).contains("802.1Q id 30");
    bench.commit(NEXT);
    assertThat(console.run("systemctl is-active airbox-network@check-" + NEXT + ".timer").output())
        .startsWith("active");
    bench.stage(LAST, NetworkBench.LONG, removed(), "vlan0");
    assertThat(bench.hasLink("vlan0")).isFalse();
  }

  private Map<String, String> killed() {
    return bench.change(ID, NetworkBench.LONG, Map.of(NetworkBench.FILE, elsewhere()));
  }

  /** {@link #VLAN} is to be removed. */
  private static Map<String, @Nullable String> removed() {
    Map<String, @Nullable String> files = new HashMap<>();
    files.put(VLAN, null);
    return files;
  }

  /** There and back again through the presets, each brought up and kept. */
  @Test
  @Tag("long")
  void presetsLeadBackToTheVeryFile(Console console) {
    bench.together();
    for (String preset : new String[] {"both-dhcp", "bond-active-backup", "factory-default"}) {
      console.run("airbox net apply --preset " + preset + " --force --yes", COMMAND_LINE).orThrow();
      bench.awaitStatus("applied", NetworkBench.SETTLED);
      assertThat(bench.hasLink("bond0")).isEqualTo(preset.startsWith("bond"));
      console.run("until airbox net confirm; do sleep 2; done", COMMAND_LINE).orThrow();
      bench.awaitStatus("committed", NetworkBench.SETTLED);
    }

    assertThat(bench.file(NetworkBench.FILE)).isEqualTo(delivered);
    bench.apart();
    bench.awaitReachable(Lan.BOX);
  }

  /** Plans, applies for so many seconds, and waits until it is in effect. */
  private JsonNode applyAndAwait(Appliance appliance, int window, String wish) {
    HttpAnswer applied = apply(appliance, window, plan(appliance, wish));
    assertThat(applied.status()).as(applied.body()).isEqualTo(202);
    bench.awaitStatus("applied", NetworkBench.SETTLED);
    return applied.json();
  }

  private static String plan(Appliance appliance, String wish) {
    HttpAnswer plan = appliance.asOwner("POST", "/api/v1/network/plan", wish);
    assertThat(plan.status()).as(plan.body()).isEqualTo(200);
    return plan.json().path("id").asText();
  }

  private static HttpAnswer apply(Appliance appliance, int window, String plan) {
    return appliance.asOwner(
        "POST",
        "/api/v1/network/apply",
        JsonNodeFactory.instance
            .objectNode()
            .put("plan", plan)
            .put("window", window)
            .put("force", true)
            .toString());
  }

  /** Asks the box's new address until it takes the token or refuses it: status, blank, body. */
  private static String confirm(Lan lan, String transaction, String token) {
    String body = "{\"transaction\":\"%s\",\"token\":\"%s\"}".formatted(transaction, token);
    String said = "";
    for (int i = 0; i < 10 && !said.startsWith("200") && !said.startsWith("403"); i++) {
      said =
          lan.run(
                  "curl",
                  "--silent",
                  "--insecure",
                  "--max-time",
                  "20",
                  "--header",
                  "Content-Type: application/json",
                  "--data",
                  body,
                  "--write-out",
                  " %{http_code}",
                  "https://" + NetworkBench.BOX_0 + ":8443/api/v1/network/confirm")
              .output();
      said = said.substring(said.lastIndexOf(' ') + 1) + " " + said;
    }
    return said;
  }

  private static JsonNode awaitState(Appliance appliance, String state) {
    JsonNode transaction = JsonNodeFactory.instance.missingNode();
    for (int i = 0; i < 20 && !transaction.path("state").asText().equals(state); i++) {
      transaction = appliance.asOwner("/api/v1/network/transaction").json().path("transaction");
    }
    assertThat(transaction.path("state").asText()).as(transaction.toString()).isEqualTo(state);
    return transaction;
  }

  private static String files(String content) {
    return JsonNodeFactory.instance
        .objectNode()
        .set("files", JsonNodeFactory.instance.objectNode().put(NetworkBench.FILE, content))
        .toString();
  }

  private String elsewhere() {
    return NetworkBench.elsewhere(delivered);
  }
}
