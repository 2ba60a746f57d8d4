package io.airbox.netplan.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.check.NetworkChecks;
import io.airbox.netplan.document.NetplanFile.Folder;
import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.BondMode;
import io.airbox.netplan.settings.BondOption;
import io.airbox.netplan.settings.Dhcp;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.LinkLocal;
import io.airbox.netplan.settings.Match;
import io.airbox.netplan.settings.NameServers;
import io.airbox.netplan.settings.OtherInterface;
import io.airbox.netplan.settings.Route;
import io.airbox.netplan.settings.Subnet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetplanConfigurationTest {
  private static final String PORT = "network:\n  version: 2\n  ethernets:\n    eth0:\n      ";

  @Test
  void readsTheFactorysFile() throws IOException {
    NetplanConfiguration configuration = NetplanConfiguration.of(List.of(factory()));
    assertThat(configuration.findings()).isEmpty();
    assertThat(configuration.kept()).isEmpty();
    InterfaceSettings dhcp = InterfaceSettings.EMPTY.withDhcp(Dhcp.V4_BY_MAC).withOptional(true);
    assertThat(configuration.settings().ethernets().values())
        .containsExactly(
            Ethernet.of("eth0", dhcp),
            Ethernet.of(
                "eth1",
                InterfaceSettings.EMPTY
                    .withAddresses(List.of(Address.parse("192.168.150.1/24")))
                    .withOptional(true)),
            Ethernet.of("enp3s0", dhcp),
            Ethernet.of("enp4s0", dhcp));
    assertThat(configuration.settings().bonds()).isEmpty();
    assertThat(configuration.origins())
        .containsEntry("version", new Origin("01-netcfg.yaml", 2, 12))
        .containsEntry("ethernets.eth0", new Origin("01-netcfg.yaml", 5, 5))
        .containsEntry("ethernets.eth0.dhcp4", new Origin("01-netcfg.yaml", 6, 14))
        .containsEntry("ethernets.eth1.addresses[0]", new Origin("01-netcfg.yaml", 12, 19));
    assertThat(configuration.origin("ethernets.eth1.mtu"))
        .hasValue(new Origin("01-netcfg.yaml", 10, 5));
    assertThat(configuration.origin("bonds.bond0")).isEmpty();
  }

  @Test
  void readsEveryTypedKeyOfAPort() {
    NetplanConfiguration configuration =
        of(
            """
            network:
              renderer: networkd
              ethernets:
                lan:
                  match: {name: "enp*", driver: [r8169], macaddress: 00:11:22:33:44:5A}
                  set-name: eth5
                  wakeonlan: ON
                  dhcp4: 'y'
                  dhcp6: off
                  dhcp4-overrides: {route-metric: 200, use-dns: no}
                  dhcp6-overrides: {route-metric: 200}
                  dhcp-identifier: duid
                  addresses:
                    - 10.0.0.2/24
                    - "2001:DB8::2/64": {label: "eth5:a", lifetime: 0}
                  gateway4: 10.0.0.1
                  gateway6: 2001:db8::1
                  routes:
                    - to: 10.9.0.0/16
                      via: 10.0.0.9
                      metric: 7
                      on-link: yes
                      table: 9
                      from: 10.0.0.2
                      type: unicast
                      scope: global
                      mtu: 1400
                    - {to: default, via: "fe80::1", congestion-window: 3}
                    - {to: 10.8.0.1, scope: link}
                  nameservers:
                    addresses: [1.1.1.1, "2606:4700::1111"]
                    search: [example.org, ~.]
                  mtu: 1500
                  optional: true
                  macaddress: AA:bb:cc:dd:ee:ff
                  link-local: [ipv4]
                  accept-ra: no
                  critical: true
            """);
    assertThat(configuration.findings()).isEmpty();
    assertThat(configuration.settings().ethernets().get("lan"))
        .isEqualTo(
            new Ethernet(
                "lan",
                new InterfaceSettings(
                    new Dhcp(true, false, "duid", 200L, 200L),
                    List.of(
                        Address.parse("10.0.0.2/24"),
                        new Address(Subnet.parse("2001:db8::2/64"), "eth5:a", "0")),
                    new IpAddress("10.0.0.1"),
                    new IpAddress("2001:db8::1"),
                    List.of(
                        new Route(
                            Subnet.parse("10.9.0.0/16"),
                            new IpAddress("10.0.0.9"),
                            new IpAddress("10.0.0.2"),
                            7L,
                            9L,
                            true,
                            "unicast",
                            "global",
                            1400),
                        Route.defaultVia(new IpAddress("fe80::1")),
                        new Route(
                            Subnet.parse("10.8.0.1"),
                            null,
                            null,
                            null,
                            null,
                            false,
                            null,
                            "link",
                            null)),
                    new NameServers(
                        List.of(new IpAddress("1.1.1.1"), new IpAddress("2606:4700::1111")),
                        List.of("example.org", "~.")),
                    1500,
                    true,
                    "aa:bb:cc:dd:ee:ff",
                    LinkLocal.IPV4,
                    false),
                new Match("enp*", "00:11:22:33:44:5A", List.of("r8169")),
                "eth5",
                true));
    assertThat(configuration.kept().keySet())
        .containsExactly(
            "ethernets.lan.dhcp4-overrides.use-dns",
            "ethernets.lan.routes[1].congestion-window",
            "ethernets.lan.critical");
    assertThat(configuration.origins())
        .containsEntry("ethernets.lan.routes[0].metric", new Origin("a.yaml", 21, 19))
        .containsEntry("ethernets.lan.nameservers.search[1]", new Origin("a.yaml", 32, 31));
  }

  @Test
  void readsABondAndKeepsOtherKindsByName() {
    NetplanConfiguration configuration =
        of(
            """
            network:
              ethernets: {eth0: {}, eth1: {}}
              bonds:
                bond0:
                  interfaces: [eth0, eth1]
                  dhcp4: yes
                  parameters:
                    mode: 802.3ad
                    lacp-rate: fast
                    mii-monitor-interval: 1s
                    all-members-active: yes
                    arp-ip-targets: [10.0.0.1, 10.0.0.2]
                    fancy: 1
              vlans:
                bond0.7: {id: 7, link: bond0, addresses: [10.7.0.1/24]}
              bridges:
                br0: {interfaces: [bond0.7], dhcp4: yes, parameters: {stp: no}}
            """);
    assertThat(configuration.findings()).isEmpty();
    Bond bond = configuration.settings().bonds().get("bond0");
    assertThat(bond.members()).containsExactly("eth0", "eth1");
    assertThat(bond.parameters().mode()).isEqualTo(BondMode.IEEE_802_3AD);
    assertThat(bond.parameters().options())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                BondOption.LACP_RATE, "fast",
                BondOption.MII_MONITOR_INTERVAL, "1000",
                BondOption.ALL_SLAVES_ACTIVE, "true",
                BondOption.ARP_IP_TARGETS, "10.0.0.1,10.0.0.2"));
    assertThat(configuration.settings().others())
        .containsExactly(
            new OtherInterface(
                "vlans", "bond0.7", List.of("bond0"), List.of(Address.parse("10.7.0.1/24")), false),
            new OtherInterface("bridges", "br0", List.of("bond0.7"), List.of(), true));
    assertThat(configuration.kept()).containsKey("bonds.bond0.parameters.fancy");
    assertThat(configuration.origins())
        .containsEntry("bonds.bond0.interfaces[1]", new Origin("a.yaml", 5, 26))
        .containsEntry("bonds.bond0.parameters.all-slaves-active", new Origin("a.yaml", 11, 29));
  }

  @Test
  void joinsFilesByNetplansRules() {
    NetplanConfiguration configuration =
        NetplanConfiguration.of(
            List.of(
                file(Folder.RUN, "10-a.yaml", PORT + "dhcp4: no\n      addresses: [10.0.0.2/24]\n"),
                file(Folder.ETC, "10-a.yaml", PORT + "mtu: 1400\n"),
                file(
                    Folder.LIB,
                    "20-b.yaml",
                    PORT
                        + "dhcp4: yes\n      addresses: [10.0.0.2/24, 10.0.0.3/24]\n"
                        + "      link-local: [ipv4]\n      nameservers: {addresses: [1.1.1.1]}\n"
                        + "    eth1: {optional: true}\n"),
                file(
                    Folder.ETC,
                    "05-c.yaml",
                    PORT
                        + "dhcp4: no\n      link-local: [ipv6]\n"
                        + "      nameservers: {addresses: [9.9.9.9]}\n")));
    assertThat(configuration.findings()).isEmpty();
    assertThat(configuration.files())
        .extracting(NetplanFile::toString)
        .containsExactly(
            "/etc/netplan/05-c.yaml",
            "/etc/netplan/10-a.yaml (hidden)",
            "/run/netplan/10-a.yaml",
            "/lib/netplan/20-b.yaml");
    assertThat(configuration.documents().keySet())
        .containsExactly("05-c.yaml", "10-a.yaml", "20-b.yaml");
    InterfaceSettings eth0 = configuration.settings().interfaceSettings("eth0").orElseThrow();
    assertThat(eth0)
        .isEqualTo(
            InterfaceSettings.EMPTY
                .withDhcp(new Dhcp(true, false, null, null, null))
                .withAddresses(List.of(Address.parse("10.0.0.2/24"), Address.parse("10.0.0.3/24")))
                .withLinkLocal(LinkLocal.IPV4)
                .withNameServers(
                    new NameServers(
                        List.of(new IpAddress("9.9.9.9"), new IpAddress("1.1.1.1")), List.of())));
    assertThat(configuration.origins())
        .containsEntry("ethernets.eth0.dhcp4", new Origin("20-b.yaml", 5, 14));
    assertThat(configuration.places().get("ethernets.eth0.addresses[0]"))
        .extracting(Place::file)
        .containsExactly("10-a.yaml", "20-b.yaml");
    assertThat(configuration.places().get("ethernets.eth0.addresses[1]"))
        .extracting(Place::file)
        .containsExactly("20-b.yaml");
  }

  @Test
  void letsDuplicateKeysJoinAsFilesDo() {
    NetplanConfiguration configuration =
        of(
            PORT
                + "mtu: 1400\n      addresses: [10.0.0.2/24]\n      mtu: 1500\n"
                + "    eth0:\n      addresses: [10.0.0.3/24]\n");
    InterfaceSettings eth0 = configuration.settings().interfaceSettings("eth0").orElseThrow();
    assertThat(eth0.mtu()).isEqualTo(1500);
    assertThat(eth0.addresses()).hasSize(2);
    assertThat(configuration.findings())
        .extracting(Finding::code)
        .containsExactly("duplicate-key", "duplicate-key");
  }

  @Test
  void readsAliasesAndTellsThatTheirTextIsShared() {
    NetplanConfiguration configuration =
        of(PORT + "addresses: &a [10.0.0.2/24]\n    eth1: {addresses: *a, mtu: 1400}\n");
    assertThat(configuration.settings().interfaceSettings("eth1").orElseThrow().addresses())
        .containsExactly(Address.parse("10.0.0.2/24"));
    assertThat(configuration.places().get("ethernets.eth1.addresses[0]").get(0).shared()).isTrue();
    assertThat(configuration.places().get("ethernets.eth0.addresses[0]").get(0).shared()).isTrue();
    assertThat(configuration.places().get("ethernets.eth1.addresses").get(0).shared()).isTrue();
    assertThat(configuration.places().get("ethernets.eth1.mtu").get(0).shared()).isFalse();
  }

  @Test
  void leavesAFileOutThatIsNoYamlAndReadsTheOthers() {
    NetplanConfiguration configuration =
        NetplanConfiguration.of(
            List.of(
                file(Folder.ETC, "a.yaml", "network:\n\tversion: 2\n"),
                file(Folder.ETC, "b.yaml", PORT + "mtu: 1400\n"),
                file(Folder.ETC, "c.yaml", "# nothing\n")));
    assertThat(configuration.settings().ethernets()).containsKey("eth0");
    assertThat(configuration.documents().keySet()).containsExactly("b.yaml", "c.yaml");
    Finding finding = configuration.findings().get(0);
    assertThat(finding.isError()).isTrue();
    assertThat(finding.code()).isEqualTo("invalid-yaml");
    assertThat(finding.origin()).isEqualTo(new Origin("a.yaml", 2, 1));
    assertThat(finding.message()).startsWith("Invalid YAML: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "addresses: [10.0.0.2]|invalid-value|ethernets.eth0.addresses|5:19",
        "addresses: [10.0.0.2/33]|invalid-value|ethernets.eth0.addresses|5:19",
        "addresses: [10.0.0.2/0]|invalid-value|ethernets.eth0.addresses|5:19",
        "addresses: 10.0.0.2/24|wrong-form|ethernets.eth0.addresses|5:18",
        "addresses:|wrong-form|ethernets.eth0.addresses|5:17",
        "addresses: [{10.0.0.2/24: {}, 10.0.0.3/24: {}}]|invalid-value|ethernets.eth0.addresses|5:19",
        "dhcp4: maybe|invalid-value|ethernets.eth0.dhcp4|5:14",
        "dhcp4: null|invalid-value|ethernets.eth0.dhcp4|5:14",
        "dhcp4: [yes]|wrong-form|ethernets.eth0.dhcp4|5:14",
        "mtu: jumbo|invalid-value|ethernets.eth0.mtu|5:12",
        "mtu: 67|invalid-value|ethernets.eth0.mtu|5:12",
        "mtu: 1000000000|invalid-value|ethernets.eth0.mtu|5:12",
        "set-name: lan|set-name-without-match|ethernets.eth0.set-name|5:17",
        "dhcp-identifier: macaddr|invalid-value|ethernets.eth0.dhcp-identifier|5:24",
        "nameservers: {addresses: [dns.example]}|invalid-value|ethernets.eth0.nameservers.addresses|5:33",
        "routes: [{to: 0.0.0.0/0, via: 10.0.0.300}]|invalid-value|ethernets.eth0.routes.via|5:37",
        "routes: [{via: 10.0.0.3}]|invalid-value|ethernets.eth0.routes|5:16",
        "routes: [{to: default}]|invalid-value|ethernets.eth0.routes|5:16",
        "routes: [{to: '::/0', via: 10.0.0.3}]|invalid-value|ethernets.eth0.routes|5:16",
        "link-local: [ipv5]|invalid-value|ethernets.eth0.link-local|5:20",
        "macaddress: random|invalid-value|ethernets.eth0.macaddress|5:19",
        "match: {name: 'a\"b'}|invalid-value|ethernets.eth0.match.name|5:21",
        "{ }|invalid-yaml||6:7",
      })
  void saysWhereAValueIsWrong(String line, String code, String path, String place) {
    NetplanConfiguration configuration = of(PORT + line + "\n" + "      optional: yes\n");
    assertThat(configuration.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.isError()).isTrue();
              assertThat(finding.code()).isEqualTo(code);
              assertThat(finding.path()).isEqualTo(Objects.requireNonNullElse(path, ""));
              assertThat(finding.origin()).hasToString("a.yaml:" + place);
              assertThat(finding.message()).isNotBlank();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "networks: {}|unknown-key",
        "[]|wrong-form",
        "network:|wrong-form",
        "network: {version: 3}|invalid-value",
        "network: {ethernets: }|wrong-form",
        "network: {ethernets: {eth0: }}|wrong-form",
        "network: {ethernets: {abcdefghijklmnopqrstuv: {}}}|bad-interface-name",
        "network: {ethernets: {'eth0; rm -rf /': {}}}|bad-interface-name",
        "network: {ethernets: {'eth 0': {match: {name: eth0}}}}|bad-interface-name",
        "network: {ethernets: {default: {}}}|bad-interface-name",
        "network: {vlans: {'../../etc/x': {id: 1, link: eth0}}}|bad-interface-name",
        "network: {\"vlans\\nx\": {v7: {id: 7}}}|unknown-key",
        "network: {ethernets: {eth0: {}}, bonds: {eth0: {}}}|defined-twice",
        "network: {bonds: {bond0: {parameters: {mode: lacp}}}}|invalid-value",
        "network: {bonds: {bond0: {parameters: {up-delay: \"100\\nMode=x\"}}}}|invalid-value",
        "network: {bonds: {bond0: {parameters: {arp-ip-targets: [a]}}}}|invalid-value",
        "network: {bonds: {bond0: {interfaces: [a/b]}}}|invalid-value",
        "network: {ethernets: {eth0: {nameservers: {search: [\"a\\n[Route]\\nGateway=6.6.6.6\"]}}}}|"
            + "invalid-value",
        "network: {ethernets: {eth0: {gateway4: 10.0.0.1, gateway4: 10.0.0.2}}}|second-gateway",
      })
  void refusesWhatNetplanRefusesOrShould(String text, String code) {
    assertThat(of(text).findings())
        .filteredOn(Finding::isError)
        .extracting(Finding::code)
        .contains(code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network: {wifis: {wlan0: {access-points: {\"a\\nb\": {}}}}}|wifis.wlan0.access-points",
        "network: {tunnels: {t0: {key: \"a\\r\\n[Route]\"}}}|tunnels.t0.key",
        "network: {ethernets: {eth0: {what: [\"\\x1b\"]}}}|ethernets.eth0.what",
        "network: {ethernets: {eth0: {what: \"a\\Nb\"}}}|ethernets.eth0.what",
      })
  void refusesControlCharactersInTextThatIsKept(String text, String path) {
    assertThat(of(text).findings())
        .filteredOn(finding -> finding.code().equals("control-character"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.isError()).isTrue();
              assertThat(finding.path()).isEqualTo(path);
            });
  }

  @Test
  void doesNotLoseItselfInAHugeFile() {
    StringBuilder text = new StringBuilder(PORT + "addresses:\n");
    for (int i = 0; i < 40_000; i++) {
      text.append("      - 10.")
          .append(i >> 8)
          .append('.')
          .append(i & 255)
          .append(i % 10 == 0 ? "/32" : ".1/32\n");
    }
    NetplanConfiguration configuration = of(text.toString());
    assertThat(configuration.findings()).hasSize(1000).allMatch(Finding::isError);
    assertThat(configuration.settings().interfaceSettings("eth0").orElseThrow().addresses())
        .hasSizeGreaterThan(30_000);
    assertThat(configuration.check(Set.of(), Optional.empty())).hasSize(1000);
    assertThat(NetworkChecks.findings(configuration.settings(), Set.of(), Optional.empty()))
        .extracting(Finding::code)
        .containsExactly("too-many-values");
  }

  @Test
  void takesALabelOfAMatchedPortForWhatItIs() {
    NetplanConfiguration configuration =
        of("network: {ethernets: {all-ports-of-the-box: {match: {name: 'eth*'}, dhcp4: yes}}}");
    assertThat(configuration.findings()).isEmpty();
    assertThat(configuration.settings().others())
        .containsExactly(
            new OtherInterface("ethernets", "all-ports-of-the-box", List.of(), List.of(), true));
  }

  @Test
  void warnsOfWhatWouldVanish() {
    NetplanConfiguration configuration =
        of(
            PORT
                + "dhcp4-overrides: {route-metric: 4294967295}\n"
                + "      routes: [{to: 10.0.0.0/8, via: 10.0.0.1, metric: 4294967295},"
                + " {to: 10.0.0.0/8, type: throw}]\n      renderer: NetworkManager\n");
    assertThat(configuration.findings()).noneMatch(Finding::isError);
    assertThat(configuration.findings())
        .extracting(Finding::code)
        .containsExactly("metric-vanishes", "metric-vanishes", "kept-route", "other-renderer");
    InterfaceSettings eth0 = configuration.settings().interfaceSettings("eth0").orElseThrow();
    assertThat(eth0.dhcp().v4Metric()).isNull();
    assertThat(eth0.routes()).singleElement().satisfies(r -> assertThat(r.metric()).isNull());
  }

  @Test
  void readsATreeAndTellsChangedTreesApart(@TempDir Path root) throws IOException {
    assertThat(NetplanConfiguration.read(root).files()).isEmpty();
    Path etc = Files.createDirectories(root.resolve("etc/netplan"));
    Files.createDirectories(etc.resolve("folder.yaml"));
    Files.writeString(etc.resolve("a.yml"), "no");
    Files.writeString(etc.resolve(".a.yaml"), "no");
    Files.write(etc.resolve("01-netcfg.yaml"), factory().bytes());
    NetplanConfiguration configuration = NetplanConfiguration.read(root);
    assertThat(configuration.files()).containsExactly(factory());
    assertThat(configuration.fingerprint())
        .matches("[0-9a-f]{64}")
        .isEqualTo(NetplanConfiguration.of(List.of(factory())).fingerprint());
    Files.createDirectories(root.resolve("run/netplan"));
    Files.writeString(root.resolve("run/netplan/01-netcfg.yaml"), "");
    NetplanConfiguration shadowed = NetplanConfiguration.read(root);
    assertThat(shadowed.settings().ethernets()).isEmpty();
    assertThat(shadowed.fingerprint()).isNotEqualTo(configuration.fingerprint());
  }

  private static NetplanConfiguration of(String text) {
    return NetplanConfiguration.of(List.of(file(Folder.ETC, "a.yaml", text)));
  }

  private static NetplanFile file(Folder folder, String name, String text) {
    return new NetplanFile(folder, name, text.getBytes(UTF_8), false);
  }

  private static NetplanFile factory() throws IOException {
    try (InputStream in =
        NetplanConfigurationTest.class.getResourceAsStream("/io/airbox/netplan/01-netcfg.yaml")) {
      return new NetplanFile(
          Folder.ETC, "01-netcfg.yaml", Objects.requireNonNull(in).readAllBytes(), false);
    }
  }
}
