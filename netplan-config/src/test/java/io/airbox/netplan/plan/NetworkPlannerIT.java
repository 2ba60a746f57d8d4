package io.airbox.netplan.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.preset.Preset;
import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.Subnet;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans with netplan itself behind them. */
final class NetworkPlannerIT {
  private static final String NAME = "01-netcfg.yaml";

  /** A person at 192.168.1.5, eth0's leased address. */
  private static final Surroundings AT_ETH0 =
      new Surroundings(
          Set.of("eth0", "eth1", "bond0"),
          Map.of(
              "eth0", List.of(Address.parse("192.168.1.5/24"), Address.parse("fe80::1/64")),
              "eth1", List.of(Address.parse("192.168.150.1/24"))),
          new IpAddress("192.168.1.5"),
          "https",
          8443,
          "airbox");

  @TempDir private Path root;
  private Path etc;
  private NetworkPlanner planner;

  @BeforeEach
  void start() throws IOException {
    etc = Files.createDirectories(root.resolve("etc/netplan"));
    planner = new NetworkPlanner(root, NetplanGenerate.installed());
    write(NAME, factory());
  }

  private static String factory() throws IOException {
    try (InputStream in =
        NetworkPlannerIT.class.getResourceAsStream("/io/airbox/netplan/factory.yaml")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(etc.resolve(name), text);
  }

  private NetworkPlan plan(Preset preset) {
    return planner.plan(preset, Map.of(), AT_ETH0);
  }

  private NetworkPlan carriedOut(NetworkPlan plan) throws IOException {
    assertThat(plan.findings()).as("findings").filteredOn(Finding::isError).isEmpty();
    for (FileChange change : plan.files().values()) {
      byte[] after = change.after();
      if (after == null) {
        Files.delete(etc.resolve(change.name()));
      } else {
        Files.write(etc.resolve(change.name()), after);
      }
    }
    return plan;
  }

  private static List<String> codes(NetworkPlan plan) {
    return plan.consequences().stream().map(Consequence::code).toList();
  }

  @Test
  void returnsToTheFactorysFileByteForByte() throws IOException {
    for (Preset preset : List.of(Preset.BOTH_DHCP, Preset.BOND_802_3AD, Preset.FACTORY_DEFAULT)) {
      carriedOut(plan(preset));
    }
    assertThat(Files.readString(etc.resolve(NAME))).isEqualTo(factory());
    NetworkPlan again = plan(Preset.FACTORY_DEFAULT);
    assertThat(again.changesAnything()).isFalse();
    assertThat(again.consequences()).isEmpty();
    assertThat(again.yamlDiff() + again.generatedDiff()).isEmpty();
  }

  @Test
  void showsWhatBothDhcpDoes() throws IOException {
    NetworkPlan plan = plan(Preset.BOTH_DHCP);

    assertThat(plan.yamlDiff())
        .startsWith(
            """
            --- a/etc/netplan/01-netcfg.yaml
            +++ b/etc/netplan/01-netcfg.yaml
            @@ -8,9 +8,12 @@
                   optional: yes
                   dhcp-identifier: mac
                 eth1:
            -      dhcp4: no
            -      addresses: [192.168.150.1/24]
            +      dhcp4: yes
            +      addresses: []
                   optional: yes
            +      dhcp-identifier: mac
            +      dhcp4-overrides:
            +        route-metric: 200
                 enp3s0:
            """);
    assertThat(plan.generatedDiff())
        .contains("+++ b/run/systemd/network/10-netplan-eth1.network\n")
        .contains("-Address=192.168.150.1/24\n", "+ClientIdentifier=mac\n", "+RouteMetric=200\n")
        .doesNotContain("10-netplan-eth0");
    assertThat(codes(plan)).containsExactly("address-changes", "maintenance-address-goes");
    assertThat(plan.addresses()).containsEntry("eth1", List.of("dhcp4"));
    assertThat(plan.urls())
        .containsExactly(
            URI.create("https://192.168.1.5:8443/"), URI.create("https://airbox.local:8443/"));
    assertThat(plan.linksToDelete()).isEmpty();
    assertThat(Files.readString(etc.resolve(NAME))).as("touches nothing").isEqualTo(factory());
  }

  @Test
  void tellsWhereThePageIsNext() {
    NetworkPlan plan =
        planner.plan(
            Preset.STATIC,
            Map.of("address", "10.7.0.2/24", "gateway", "10.7.0.1", "nameservers", "10.7.0.1"),
            AT_ETH0);
    assertThat(plan.isApplicable()).isTrue();
    assertThat(plan.consequences().get(0))
        .isEqualTo(
            new Consequence(
                "asker-address-changes",
                "eth0",
                "You reach this page by eth0 at 192.168.1.5; its address changes: it gets"
                    + " 10.7.0.2/24. Open https://10.7.0.2:8443/ next."));
    assertThat(plan.urls())
        .startsWith(
            URI.create("https://10.7.0.2:8443/"), URI.create("https://192.168.150.1:8443/"));
    assertThat(plan.generatedDiff())
        .contains("+Destination=0.0.0.0/0\n", "+Gateway=10.7.0.1\n", "+DNS=10.7.0.1\n");

    NetworkPlan same = planner.plan(Preset.STATIC, Map.of("address", "192.168.1.5/24"), AT_ETH0);
    assertThat(codes(same)).first().isEqualTo("asker-address-stays");
    assertThat(same.urls()).first().isEqualTo(URI.create("https://192.168.1.5:8443/"));

    NetworkPlan bond = plan(Preset.BOND_802_3AD);
    assertThat(codes(bond))
        .containsExactly(
            "asker-port-moves",
            "port-joins-bond",
            "port-joins-bond",
            "address-changes",
            "lease-may-change",
            "maintenance-address-goes",
            "switch-setup");
    assertThat(bond.generatedDiff())
        .contains(
            """
            --- /dev/null
            +++ b/run/systemd/network/10-netplan-bond0.netdev
            @@ -0,0 +1,9 @@
            +[NetDev]
            +Name=bond0
            +Kind=bond
            +
            +[Bond]
            +Mode=802.3ad
            +LACPTransmitRate=fast
            +MIIMonitorSec=100ms
            +TransmitHashPolicy=layer3+4
            """);
    assertThat(bond.urls()).containsExactly(URI.create("https://airbox.local:8443/"));
    assertThat(bond.addresses()).containsEntry("bond0", List.of("dhcp4")).doesNotContainKey("eth0");
  }

  @Test
  void followsTheAskersCable() throws IOException {
    carriedOut(plan(Preset.BOND_ACTIVE_BACKUP));
    Surroundings atBond =
        new Surroundings(
            Set.of("eth0", "eth1", "bond0"),
            Map.of("bond0", List.of(Address.parse("192.168.1.9/24"))),
            new IpAddress("192.168.1.9"),
            "http",
            80,
            "airbox");
    NetworkPlan back = planner.plan(Preset.FACTORY_DEFAULT, Map.of(), atBond);
    assertThat(back.consequences().get(0))
        .isEqualTo(
            new Consequence(
                "asker-port-moves",
                "bond0",
                "You reach this page by bond0 at 192.168.1.9; that cable then belongs to eth0,"
                    + " which gets an address from a DHCP server. Open http://airbox.local/"
                    + " next."));
    NetworkPlan mode = planner.plan(Preset.BOND_BALANCE_ALB, Map.of(), atBond);
    assertThat(codes(mode)).first().isEqualTo("asker-interrupted");
    assertThat(mode.urls()).first().isEqualTo(URI.create("http://192.168.1.9/"));
    NetworkPlan fixed =
        planner.plan(
            Preset.BOND_ACTIVE_BACKUP,
            Map.of("address", "10.0.0.2/24", "gateway", "10.0.0.1"),
            atBond);
    assertThat(codes(fixed)).contains("asker-address-changes", "way-out-changes");

    write(
        NAME,
        "network:\n  ethernets:\n    port1: {match: {macaddress: '52:54:00:00:00:01'},"
            + " set-name: lan1, addresses: [10.0.0.2/24]}\n");
    NetworkSettings now = planner.current().settings();
    Ethernet port = now.ethernets().get("port1");
    Surroundings atLan1 =
        new Surroundings(
            Set.of("lan1"),
            Map.of("lan1", List.of(Address.parse("10.0.0.2/24"))),
            new IpAddress("10.0.0.2"),
            "https",
            443,
            "");
    NetworkPlan moved =
        planner.plan(
            now.with(
                port.with(port.settings().withAddresses(List.of(Address.parse("fd00::2/64"))))),
            atLan1);
    assertThat(codes(moved)).first().isEqualTo("asker-address-changes");
    assertThat(moved.urls()).containsExactly(URI.create("https://[fd00::2]/"));
  }

  @Test
  void saysWhenThePageIsLost() {
    NetworkSettings now = planner.current().settings();
    Ethernet eth0 = now.ethernets().get("eth0");
    NetworkPlan plan = planner.plan(now.with(eth0.with(eth0.settings().asMember())), AT_ETH0);
    assertThat(plan.consequences().get(0).code()).isEqualTo("asker-cut-off");
    assertThat(plan.consequences().get(0).text()).contains("https://192.168.150.1:8443/");
    NetworkPlan unknown = planner.plan(Preset.BOTH_DHCP, Map.of(), Surroundings.UNKNOWN);
    assertThat(codes(unknown)).doesNotContain("asker-cut-off", "asker-address-changes");
  }

  @Test
  void deletesLinksThatNetplanWouldLeaveAsTheyAre() throws IOException {
    assertThat(plan(Preset.BOND_ACTIVE_BACKUP).linksToDelete()).as("a new one").isEmpty();
    carriedOut(plan(Preset.BOND_ACTIVE_BACKUP));

    NetworkPlan mode = plan(Preset.BOND_BALANCE_ALB);
    assertThat(mode.linksToDelete()).containsExactly("bond0");
    assertThat(codes(mode)).contains("link-made-anew");
    NetworkPlan removal = plan(Preset.FACTORY_DEFAULT);
    assertThat(removal.linksToDelete()).containsExactly("bond0");
    assertThat(codes(removal)).contains("link-removed", "port-leaves-bond");
    NetworkPlan address =
        planner.plan(Preset.BOND_ACTIVE_BACKUP, Map.of("address", "10.0.0.2/24"), AT_ETH0);
    assertThat(address.linksToDelete()).as("the device itself stays as it is").isEmpty();

    String vlan = "network:\n  vlans:\n    v7: {id: 7, link: bond0, addresses: [10.7.0.2/24]}\n";
    write("50-vlan.yaml", vlan);
    Surroundings unknown = Surroundings.UNKNOWN;
    assertThat(planner.plan(Preset.BOND_BALANCE_ALB, Map.of(), unknown).linksToDelete())
        .as("what is built on it goes with it, and first")
        .containsExactly("v7", "bond0");
    assertThat(
            planner
                .planFiles(
                    Map.of("50-vlan.yaml", Optional.of(vlan.replace("id: 7", "id: 8"))), unknown)
                .linksToDelete())
        .containsExactly("v7");
    assertThat(planner.planFiles(Map.of("50-vlan.yaml", Optional.empty()), unknown).linksToDelete())
        .containsExactly("v7");
    NetworkSettings now = planner.current().settings();
    NetworkPlan dropped =
        planner.plan(new NetworkSettings(now.ethernets(), now.bonds(), List.of()), unknown);
    assertThat(dropped.linksToDelete()).containsExactly("v7");
    assertThat(dropped.yamlDiff()).contains("-    v7: {id: 7,");
  }

  @Test
  void takesWholeFilesAndTheirUndoing() throws IOException {
    String text = factory().replace("dhcp4: yes", "dhcp4: true") + "# mine\n";
    carriedOut(planner.planFiles(Map.of(NAME, Optional.of(text)), AT_ETH0));
    assertThat(Files.readString(etc.resolve(NAME))).isEqualTo(text);
    carriedOut(planner.planFiles(Map.of(NAME, Optional.of(factory())), AT_ETH0));
    assertThat(Files.readString(etc.resolve(NAME))).isEqualTo(factory());
    assertThat(planner.planFiles(Map.of(NAME, Optional.of(factory())), AT_ETH0).files()).isEmpty();
    assertThat(planner.planFiles(Map.of("no.yaml", Optional.empty()), AT_ETH0).files()).isEmpty();
    NetworkPlan gone = planner.planFiles(Map.of(NAME, Optional.empty()), AT_ETH0);
    assertThat(gone.yamlDiff()).contains("+++ /dev/null\n@@ -1,23 +0,0 @@\n");
    assertThat(gone.isApplicable()).as("no way in is left").isFalse();
  }

  @Test
  void tellsWhereNewTextIsWrong() throws IOException {
    NetworkPlan plan =
        planner.planFiles(
            Map.of(NAME, Optional.of(factory().replace("optional: yes", "optional: maybe"))),
            AT_ETH0);
    assertThat(plan.isApplicable()).isFalse();
    assertThat(plan.generatedDiff()).isEmpty();
    assertThat(plan.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.message()).startsWith("netplan: ");
              assertThat(finding.origin()).isEqualTo(new Origin(NAME, 8, 17));
            });
    NetworkPlan broken = planner.planFiles(Map.of(NAME, Optional.of("network: [\tx")), AT_ETH0);
    assertThat(broken.isApplicable()).isFalse();
    assertThat(broken.findings()).first().extracting(Finding::code).isEqualTo("invalid-yaml");
    for (String name : List.of("../x.yaml", "x.yml", ".x.yaml", "a b.yaml", "x/y.yaml", "")) {
      assertThatThrownBy(
              () -> planner.planFiles(Map.of(name, Optional.of("")), Surroundings.UNKNOWN))
          .as(name)
          .isInstanceOf(NetplanException.class)
          .hasMessageContaining(".yaml");
    }
  }

  @Test
  void refusesWhatHasNoEffectOrCannotBeEdited() throws IOException {
    Path run = Files.createDirectories(root.resolve("run/netplan"));
    Files.writeString(run.resolve(NAME), factory());
    NetworkPlan hidden = planner.planFiles(Map.of(NAME, Optional.of("network: {}\n")), AT_ETH0);
    assertThat(hidden.findings()).extracting(Finding::code).contains("hidden-by-run");
    NetworkPlan preset = plan(Preset.BOTH_DHCP);
    assertThat(preset.isApplicable()).isFalse();
    assertThat(preset.findings()).extracting(Finding::code).contains("not-editable");
    assertThat(preset.files()).isEmpty();
  }

  @Test
  void warnsOfWhatAnOlderNetplanDoesNotKnow() throws IOException {
    NetworkSettings now = planner.current().settings();
    Ethernet eth1 = now.ethernets().get("eth1");
    Address labelled = new Address(Subnet.parse("192.168.150.1/24"), "lan:1", null);
    NetworkPlan plan =
        carriedOut(
            planner.plan(
                now.with(eth1.with(eth1.settings().withAddresses(List.of(labelled)))), AT_ETH0));
    assertThat(plan.findings()).extracting(Finding::code).contains("needs-newer-netplan");
    assertThat(plan(Preset.DIRECT_CABLE).findings())
        .as("what was there before is the owner's own")
        .extracting(Finding::code)
        .doesNotContain("needs-newer-netplan");
  }

  @Test
  void namesTheSameChangeOfTheSameFilesTheSame() throws IOException {
    NetworkPlan plan = plan(Preset.BOTH_DHCP);
    assertThat(plan.id()).matches("[0-9a-f]{64}");
    assertThat(planner.plan(Preset.BOTH_DHCP, Map.of(), Surroundings.UNKNOWN).id())
        .isEqualTo(plan.id());
    assertThat(plan(Preset.BOND_BALANCE_ALB).id()).isNotEqualTo(plan.id());
    write("90-more.yaml", "network: {version: 2}\n");
    assertThat(plan(Preset.BOTH_DHCP).id()).isNotEqualTo(plan.id());
    assertThat(plan(Preset.BOTH_DHCP).basedOn()).isNotEqualTo(plan.basedOn());
  }

  @Test
  void hidesSecrets() throws IOException {
    String text =
        """
        network:
          version: 2
          wifis:
            wlan0:
              dhcp4: yes
              access-points: {"home": {password: "hunter2-a"}, "b": {auth: {key-management: psk,
                password: hunter2-b}}}
          tunnels:
            wg0:
              mode: wireguard
              # key: hunter2-c
              key: |
                4GgaQCy68nzNsUE5aJ9fuLzHhB65tAlwbmA72MWnOm8=
              peers:
                - keys:
                    public: rlbInAj0qV69CysWPQY7KEBnKxpYCpaWqOs/dLevdWc=
                    shared: hunter2hunter2hunter2hunter2hunter2hunter2hu=
        """;
    NetworkPlan plan = planner.planFiles(Map.of("wifi.yaml", Optional.of(text)), AT_ETH0);
    assertThat(plan.yamlDiff() + plan.generatedDiff())
        .contains("password: ***", "key: ***")
        .doesNotContain("hunter2")
        .doesNotContain("4GgaQCy68");
    write("wifi.yaml", text);
    assertThat(
            planner
                .planFiles(
                    Map.of("wifi.yaml", Optional.of(text.replace("hunter2-a", "hunter3-a"))),
                    AT_ETH0)
                .yamlDiff())
        .contains("only a hidden value changes")
        .doesNotContain("hunter");
  }

  @Test
  void namesWhoElseWritesTheFiles() throws IOException {
    assertThat(plan(Preset.BOTH_DHCP).editors()).isEmpty();
    Files.writeString(Files.createDirectories(root.resolve("usr/bin")).resolve("cloud-init"), "");
    Files.writeString(Files.createDirectories(root.resolve("usr/sbin")).resolve("bm_set_ip"), "");
    Files.writeString(
        Files.createDirectories(root.resolve("etc/systemd/system")).resolve("bmssm.service"), "");
    write("90-NM-1.yaml", "network: {version: 2}\n");
    assertThat(plan(Preset.BOTH_DHCP).editors())
        .extracting(Editor::program)
        .containsExactly("bm_set_ip", "bmssm", "cloud-init", "NetworkManager");
    Files.writeString(
        Files.createDirectories(root.resolve("etc/cloud")).resolve("cloud-init.disabled"), "");
    assertThat(plan(Preset.BOTH_DHCP).editors())
        .extracting(Editor::program)
        .containsExactly("bm_set_ip", "bmssm", "NetworkManager");
  }
}
