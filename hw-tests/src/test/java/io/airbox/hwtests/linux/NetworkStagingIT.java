package io.airbox.hwtests.linux;

import static io.airbox.hwtests.linux.NetworkBench.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the root side of a network change holds by itself, without the daemon: kept settings stay,
 * all others go, wherever it is killed and whenever the power fails. What is left when nothing is
 * killed is {@link NetworkChangeIT}'s.
 */
@Tag("long")
@LinuxDoubleTest(appliance = true, minutes = 60)
class NetworkStagingIT {
  private static final String ID = "abcdefghijklmnop";
  private static final String NEXT = "bcdefghijklmnopq";
  private static final String LAST = "cdefghijklmnopqr";
  private static final String READY = "ready";
  private static final String MORE = "02-more.yaml";
  private static final String IPV6 =
      """
      network:
        version: 2
        ethernets:
          eth1:
            addresses: ["fd00:0:0::1/64"]
            routes: [{to: "fd01:0:0::/48", via: "fd00:0:0::9"}]
      """;

  private NetworkBench bench;
  private String delivered;
  private String deliveredEtc;

  @BeforeAll
  void prepare(LinuxDouble box, Lan lan, Console console) {
    bench = NetworkBench.prepare(console, lan);
    delivered = bench.file(NetworkBench.FILE);
    deliveredEtc = bench.etc();
    box.save(READY);
  }

  @AfterEach
  void startAnew(LinuxDouble box) {
    bench.apart();
    box.restore(READY);
  }

  @Test
  void aChangeThatIsKeptIsThereAfterAPowerCut(LinuxDouble box) {
    bench.stage(ID, LONG, Map.of(NetworkBench.FILE, moved()));
    bench.awaitReachable(NetworkBench.BOX_0);
    assertThat(bench.etc()).isEqualTo(deliveredEtc);

    bench.commit(ID);
    assertThat(bench.shadows()).isEmpty();
    box.powerCut();
    box.shell();

    assertThat(bench.file(NetworkBench.FILE)).isEqualTo(moved());
    assertThat(bench.status()).startsWith("committed", ID);
    bench.awaitReachable(NetworkBench.BOX_0);
    assertThat(bench.reachable(Lan.BOX)).isFalse();
  }

  @Test
  void whatIsNotKeptComesBackByItself() {
    bench.stage(ID, bench.brief(), Map.of(NetworkBench.FILE, moved()));
    bench.awaitReachable(NetworkBench.BOX_0);
    assertThat(bench.reachable(Lan.BOX)).isFalse();

    bench.awaitStatus("reverted", bench.reverted());

    assertFormer();
    bench.stage(NEXT, LONG, Map.of(NetworkBench.FILE, moved()));
  }

  @Test
  void aChangeOfWhichNothingElseIsLeftIsTakenBackAtOnce() {
    bench.stage(ID, LONG, Map.of(NetworkBench.FILE, moved()));

    bench.tasks().ask("network-revert", Map.of("transaction", ID)).orThrow();
    bench.awaitStatus("reverted", NetworkBench.SETTLED);

    assertFormer();
  }

  /** The program that brings settings up is killed, and nobody is there to say so. */
  @ParameterizedTest
  @ValueSource(strings = {"mv * */run/netplan/01-netcfg.yaml", "netplan generate", "netplan apply"})
  void whatWasKilledHalfwayComesBackByItself(String call, Console console) {
    bench.hold(call);
    bench.tasks().ask("network-stage", change(bench.brief())).orThrow();
    bench.awaitHeld();
    console.run("systemctl kill --signal KILL airbox-network@apply-" + ID + ".service").orThrow();
    bench.release();

    bench.awaitStatus("reverted", bench.reverted());

    assertFormer();
  }

  /** Even taking it back can be killed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mv * */undoing-" + ID,
        "rm * */run/netplan/*",
        "netplan generate",
        "netplan apply",
        "mv * */gone"
      })
  void takingBackGoesOnAfterItWasKilled(String call, Console console) {
    bench.stage(ID, LONG, Map.of(NetworkBench.FILE, moved()));
    bench.hold(call);
    bench.tasks().ask("network-revert", Map.of("transaction", ID)).orThrow();
    bench.awaitHeld();
    console.run("systemctl kill --signal KILL airbox-network@revert-" + ID + ".service").orThrow();
    bench.release();

    bench.awaitStatus("reverted", NetworkBench.SETTLED);

    assertFormer();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sync *01-netcfg.yaml.airbox", "mv *" + MORE, "mv *last", "mv *history/*"})
  void keepingGoesOnAfterItWasKilled(String call, Console console) {
    bench.stage(ID, LONG, two());
    bench.hold(call);
    bench.tasks().ask("network-commit", Map.of("transaction", ID)).orThrow();
    bench.awaitHeld();
    console.run("systemctl kill --signal KILL airbox-network@commit-" + ID + ".service").orThrow();
    bench.release();

    bench.awaitStatus("committed", NetworkBench.SETTLED);

    assertKept();
  }

  /** Nobody and nothing would take it back; whoever comes next does. */
  @Test
  void aChangeWithoutATimerIsTakenBackBeforeTheNext(Console console) {
    bench.stage(ID, LONG, Map.of(NetworkBench.FILE, moved()));
    bench.awaitReachable(NetworkBench.BOX_0);
    console.run("systemctl stop airbox-network@revert-" + ID + ".timer").orThrow();
    assertThat(bench.status()).startsWith("applied", ID);

    Map<String, String> next = bench.change(NEXT, LONG, Map.of(MORE, more()));
    RootTasks.Reply reply = bench.tasks().ask("network-stage", next);
    if (reply.kind().equals("failed")) { // the helper has not waited until the end
      bench.awaitStatus("reverted", NetworkBench.SETTLED);
      reply = bench.tasks().ask("network-stage", next);
    }

    reply.orThrow();
    bench.awaitStatus("applied", NetworkBench.SETTLED);
    assertThat(bench.status()).startsWith("applied", NEXT);
    assertThat(bench.shadows()).isEqualTo(MORE + "\n");
    bench.awaitReachable(Lan.BOX);
    assertThat(bench.journal()).contains(ID + ": reverted");
  }

  /** The power fails while something of the change is under way that has not been kept. */
  @ParameterizedTest
  @CsvSource({
    "stage,mv */run/airbox-network/status",
    "stage,mv */run/netplan/01-netcfg.yaml",
    "stage,netplan generate",
    "stage,netplan apply",
    "revert,mv */undoing-" + ID,
    "revert,rm */run/netplan/*",
    "revert,netplan generate",
    "revert,netplan apply",
    "revert,mv */gone"
  })
  void isTheFormerAfterAPowerCutAnywhere(String verb, String call, LinuxDouble box) {
    if (verb.equals("stage")) {
      bench.hold(call);
      bench.tasks().ask("network-stage", change(LONG)).orThrow();
    } else {
      bench.stage(ID, LONG, Map.of(NetworkBench.FILE, moved()));
      bench.hold(call);
      bench.tasks().ask("network-revert", Map.of("transaction", ID)).orThrow();
    }
    bench.awaitHeld();

    box.powerCut();
    box.shell();

    assertThat(bench.status()).startsWith("reverted");
    assertFormer();
  }

  @Test
  void isTheFormerAfterARestartInTheWindow(LinuxDouble box) {
    bench.stage(ID, LONG, two());
    box.powerButton();
    box.awaitPowerOff(LinuxDouble.BOOT);
    box.shell();

    assertThat(bench.status()).startsWith("reverted", ID);
    assertFormer();
  }

  /** The power fails after the change was kept and before all of its files are in place. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sync *01-netcfg.yaml.airbox",
        "mv *etc/netplan/01-netcfg.yaml",
        "mv *" + MORE,
        "sync */etc/netplan",
        "rm * */run/netplan/*",
        "netplan generate",
        "mv *last",
        "mv *history/*"
      })
  void isTheKeptOneAfterAPowerCutAnywhere(String call, LinuxDouble box) {
    bench.stage(ID, LONG, two());
    bench.hold(call);
    bench.tasks().ask("network-commit", Map.of("transaction", ID)).orThrow();
    bench.awaitHeld();

    box.powerCut();
    box.shell();

    assertThat(bench.status()).startsWith("committed", ID);
    assertKept();
  }

  @Test
  void refusesASecondChangeAndWhatNetplanRefuses(Console console) {
    RootTasks.Reply malformed =
        bench
            .tasks()
            .ask("network-stage", bench.change(ID, LONG, Map.of(MORE, "network: {version: 3}\n")));
    assertThat(malformed.kind()).isEqualTo("refused");
    assertThat(malformed.fields().get(1)).contains(MORE + ":1:");

    String both =
        console
            .run(
                "("
                    + RootTasks.command("network-stage", change(LONG))
                    + ") >/tmp/one & "
                    + RootTasks.command("network-stage", bench.change(NEXT, LONG, two()))
                    + " >/tmp/other; wait; cat /tmp/one /tmp/other",
                Console.COMMAND.multipliedBy(2))
            .orThrow();

    assertThat(both).containsOnlyOnce("\"done\"").containsOnlyOnce("\"refused\", \"transaction\"");
    bench.awaitStatus("applied", NetworkBench.SETTLED);
    assertThat(bench.etc()).isEqualTo(deliveredEtc);
    String winner = bench.status().get(1);
    bench.tasks().ask("network-revert", Map.of("transaction", winner)).orThrow();
    bench.awaitStatus("reverted", NetworkBench.SETTLED);
    // neither is there a word about the loser's timer, when it rings
    assertFormer();
  }

  @Test
  void keepsNothingWhenTheDiskIsFull(Console console) {
    bench.stage(ID, bench.brief(), two());
    console
        .run(
            "for s in 1G 64M 4M 256K 4K; do n=0; while fallocate -l $s /fill.$s.$n; do"
                + " n=$((n + 1)); done 2>/dev/null; done; sync")
        .orThrow();

    RootTasks.Reply reply = bench.tasks().ask("network-commit", Map.of("transaction", ID));
    assertThat(reply.kind()).isEqualTo("failed");
    assertThat(reply.fields().toString()).contains("space");
    bench.awaitStatus("reverted", bench.reverted());
    assertFormer();

    RootTasks.Reply next = bench.tasks().ask("network-stage", bench.change(NEXT, LONG, two()));
    assertThat(next.kind()).isEqualTo("refused");
    assertThat(next.fields().toString()).contains("cannot be checked", "space");
    assertThat(bench.shadows()).isEmpty();
  }

  /** A port fails; the bond is taken away, and the very bond comes back. */
  @Test
  void aBondLivesOnAndComesBack(LinuxDouble box, Lan lan) throws IOException {
    bench.together();
    bench.stage(
        ID, LONG, Map.of(NetworkBench.FILE, NetworkBench.bond("active-backup", "primary: eth0")));
    bench.awaitReachable(Lan.BOX);
    assertThat(bench.bond("bond0")).contains("Currently Active Slave: eth0");
    box.link(0, false);
    bench.awaitReachable(Lan.BOX);
    assertThat(bench.bond("bond0")).contains("Currently Active Slave: eth1");
    box.link(0, true);
    bench.tasks().ask("network-revert", Map.of("transaction", ID)).orThrow();
    bench.awaitStatus("reverted", NetworkBench.SETTLED);

    Process partner = lan.start(LacpPartner.command(Lan.tap(0), Lan.tap(1)));
    try {
      bench.stage(
          NEXT, LONG, Map.of(NetworkBench.FILE, NetworkBench.bond("802.3ad", "lacp-rate: fast")));
      bench.awaitReachable(Lan.BOX);
      bench.commit(NEXT);
      bench.apart();
      bench.stage(LAST, LONG, Map.of(NetworkBench.FILE, delivered), "bond0");
      assertThat(bench.hasLink("bond0")).isFalse();
      bench.awaitReachable(Lan.BOX);

      bench.together();
      bench.tasks().ask("network-revert", Map.of("transaction", LAST)).orThrow();
      bench.awaitStatus("reverted", NetworkBench.SETTLED);

      bench.awaitReachable(Lan.BOX);
      bench.awaitBond("bond0", "Number of ports: 2");
      assertThat(bench.bond("bond0")).contains("Bonding Mode: IEEE 802.3ad");
    } finally {
      partner.children().forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Addresses and routes of IPv6 are recognised however they are written. */
  @Test
  void anAddressThatSomebodyElseTookMeanwhileIsMissed(Lan lan) {
    bench.stage(ID, LONG, Map.of(MORE, IPV6));
    bench.commit(ID);
    bench.stage(NEXT, LONG, Map.of(NetworkBench.FILE, moved()));
    bench.tasks().ask("network-revert", Map.of("transaction", NEXT)).orThrow();
    bench.awaitStatus("reverted", NetworkBench.SETTLED);

    bench.stage(LAST, LONG, Map.of(MORE, IPV6.replace("fd00", "fd77")));
    lan.run("ip", "address", "add", "fd00::1/64", "dev", "br1", "nodad").orThrow();
    bench.tasks().ask("network-revert", Map.of("transaction", LAST)).orThrow();

    bench.awaitStatus("revert-failed", NetworkBench.SETTLED.multipliedBy(2));
    assertThat(bench.status().get(2)).contains("missing", "fd00:0:0::1/64 on eth1");
  }

  @Test
  void aVlanChanges(Console console) {
    bench.stage(ID, LONG, Map.of(MORE, NetworkBench.vlan(30)));
    bench.commit(ID);

    bench.stage(NEXT, LONG, Map.of(MORE, NetworkBench.vlan(31)), "vlan0");

    assertThat(console.run("ip -d link show vlan0").orThrow()).contains("802.1Q id 31");
    assertThat(console.run("ip -4 -o address show vlan0").orThrow()).contains("10.30.0.1/24");
  }

  private void assertFormer() {
    assertThat(bench.shadows()).isEmpty();
    assertThat(bench.etc()).isEqualTo(deliveredEtc);
    bench.awaitReachable(Lan.BOX);
    assertThat(bench.reachable(NetworkBench.BOX_0)).isFalse();
  }

  private void assertKept() {
    assertThat(bench.shadows()).isEmpty();
    assertThat(bench.file(NetworkBench.FILE)).isEqualTo(moved());
    assertThat(bench.file(MORE)).isEqualTo(more());
    assertThat(bench.etc().lines()).hasSize(2);
    bench.awaitReachable(NetworkBench.BOX_0);
    assertThat(bench.reachable(Lan.BOX)).isFalse();
  }

  private Map<String, String> change(int window) {
    return bench.change(ID, window, Map.of(NetworkBench.FILE, moved()));
  }

  private Map<String, String> two() {
    return Map.of(NetworkBench.FILE, moved(), MORE, more());
  }

  private String moved() {
    return NetworkBench.elsewhere(delivered);
  }

  /** A second file, which adds to the first. */
  private static String more() {
    return """
        network:
          version: 2
          ethernets:
            eth0:
              mtu: 1400
        """;
  }
}
