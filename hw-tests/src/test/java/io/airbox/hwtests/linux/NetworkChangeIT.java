package io.airbox.hwtests.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network change as its owner makes it, through the daemon, seen from both sides. */
@LinuxDoubleTest(appliance = true, minutes = 60)
class NetworkChangeIT {
  private static final String READY = "ready";

  /** A JVM under emulation on a busy core, that asks another one. */
  private static final Duration COMMAND_LINE = Duration.ofMinutes(4);

  /** The preset of a fixed address, in a request and on the command line. */
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

  /** Who lives, who is shot, who is stopped: the client that is cut off gets the box back. */
  @ParameterizedTest
  @ValueSource(strings = {"true", "systemctl kill --signal KILL airboxd", "systemctl stop airboxd"})
  void anAddressThatCutsTheClientOffComesBackByItself(
      String fate, Console console, Appliance appliance) {
    assertThat(bench.reachable(Lan.BOX)).isTrue();
    applyAndAwait(appliance, bench.brief(), files(elsewhere()));
    assertThat(bench.reachable(Lan.BOX)).isFalse();
    bench.awaitReachable(NetworkBench.BOX_0);

    console.run(fate).orThrow();
    bench.awaitStatus("reverted", bench.reverted());

    bench.awaitReachable(Lan.BOX);
    assertThat(bench.reachable(NetworkBench.BOX_0)).isFalse();
    assertThat(bench.etc()).isEqualTo(deliveredEtc);
    appliance.start();
    assertThat(awaitState(appliance, "rolled_back").path("ended").asText()).isNotEmpty();
  }

  @Test
  void confirmingFromTheNewAddressKeepsTheChange(
      LinuxDouble box, Lan lan, Console console, Appliance appliance) {
    JsonNode announced = applyAndAwait(appliance, NetworkBench.LONG, files(elsewhere()));
    assertThat(announced.path("urls").toString()).contains(NetworkBench.BOX_0);
    bench.awaitReachable(NetworkBench.BOX_0);

    String wrong = confirm(lan, announced.path("transaction").path("id").asText(), "A".repeat(32));
    assertThat(wrong).startsWith("403");
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
    appliance.start();
    JsonNode last = appliance.asOwner("/api/v1/network/history").json().findPath("entries").path(0);
    assertThat(last.path("state").asText()).isEqualTo("confirmed");
    assertThat(console.run("airbox net history", COMMAND_LINE).orThrow()).contains("kept");
  }

  @Test
  void theSecondOfTwoClientsIsToldToWait(Appliance appliance) {
    String first = plan(appliance, files(elsewhere()));
    String second = plan(appliance, STATIC);

    assertThat(apply(appliance, NetworkBench.LONG, first).status()).isEqualTo(202);
    HttpAnswer answer = apply(appliance, NetworkBench.LONG, second);

    assertThat(answer.status()).as(answer.body()).isEqualTo(409);
    bench.awaitStatus("applied", NetworkBench.SETTLED);
    bench.awaitReachable(NetworkBench.BOX_0);
  }

  @Test
  void theCommandLineAppliesAndTakesBack(Console console) {
    String announced =
        console
            .run(
                "airbox net apply --preset static --field port=eth0 --field address="
                    + NetworkBench.BOX_0
                    + "/24 --window 900 --yes --json",
                COMMAND_LINE)
            .orThrow();
    assertThat(announced).contains("\"token\"", NetworkBench.BOX_0);
    bench.awaitStatus("applied", NetworkBench.SETTLED);
    bench.awaitReachable(NetworkBench.BOX_0);
    bench.awaitReachable(Lan.BOX);

    console.run("airbox net revert", COMMAND_LINE).orThrow();

    bench.awaitStatus("reverted", NetworkBench.SETTLED);
    assertThat(bench.etc()).isEqualTo(deliveredEtc);
    assertThat(bench.reachable(NetworkBench.BOX_0)).isFalse();
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
