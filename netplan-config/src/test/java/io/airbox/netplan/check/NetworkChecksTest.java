package io.airbox.netplan.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.airbox.netplan.Origin;
import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.document.NetplanFile;
import io.airbox.netplan.settings.NetworkSettings;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworkChecksTest {
  private static final Set<String> BOX = Set.of("eth0", "eth1", "eth2", "lo");

  @Test
  void findsNothingInTheFactorysFile() throws IOException {
    try (InputStream in =
        NetworkChecksTest.class.getResourceAsStream("/io/airbox/netplan/01-netcfg.yaml")) {
      NetplanConfiguration factory = of(Objects.requireNonNull(in).readAllBytes());
      assertThat(factory.check(BOX, Optional.of("eth0"))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // addresses
        "eth0: {addresses: [10.0.0.0/24]}|network-address|ethernets.eth0.addresses[0]|E",
        "eth0: {addresses: ['2001:db8::/64']}|network-address|ethernets.eth0.addresses[0]|E",
        "eth0: {addresses: [10.0.0.255/24]}|broadcast-address|ethernets.eth0.addresses[0]|E",
        "eth0: {addresses: [10.0.0.2/31]}|||",
        "eth0: {addresses: [10.0.0.1/32]}|||",
        "eth0: {addresses: ['2001:db8::ff:ffff/112']}|||",
        "eth0: {addresses: [224.0.0.1/24]}|no-host-address|ethernets.eth0.addresses[0]|E",
        "eth0: {addresses: [127.0.0.1/8]}|no-host-address|ethernets.eth0.addresses[0]|E",
        "eth0: {addresses: ['::1/64']}|no-host-address|ethernets.eth0.addresses[0]|E",
        "eth0: {addresses: [10.0.0.2/24, 10.0.0.2/16]}|address-twice|ethernets.eth0.addresses[1]|E",
        "eth0: {addresses: [10.0.0.2/24, 10.0.0.3/24]}|||",
        "eth0: {addresses: [10.0.0.2/24]}, eth1: {addresses: [10.0.0.2/8]}|"
            + "address-twice|ethernets.eth1.addresses[0]|E",
        "eth0: {addresses: [192.168.150.77/24]}, eth1: {addresses: [192.168.150.1/24]}|"
            + "subnets-collide|ethernets.eth1.addresses[0]|E",
        "eth0: {addresses: [10.1.0.2/16]}, eth1: {addresses: [10.0.0.3/8]}|"
            + "subnets-collide|ethernets.eth1.addresses[0]|E",
        "eth0: {addresses: [10.1.0.2/16]}, eth9: {addresses: [10.0.0.3/8]}|"
            + "subnets-collide|ethernets.eth9.addresses[0]|W",
        "eth0: {addresses: ['fe80::2/64', 10.0.0.2/24]}, eth1: {addresses: ['fe80::3/64']}|||",
        // DHCP
        "eth0: {dhcp4: yes, addresses: [10.0.0.2/24]}|"
            + "dhcp-and-static|ethernets.eth0.addresses[0]|W",
        "eth0: {dhcp4: yes, addresses: ['2001:db8::2/64']}|||",
        "eth0: {dhcp4: yes}, eth1: {dhcp4: yes}|"
            + "equal-dhcp-metrics|ethernets.eth1.dhcp4-overrides.route-metric|W",
        "eth0: {dhcp4: yes}, eth1: {dhcp4: yes, dhcp4-overrides: {route-metric: 200}}|||",
        "eth0: {dhcp4: yes}, eth9: {dhcp4: yes}|||",
        "eth0: {dhcp4: yes, dhcp6: yes, dhcp4-overrides: {route-metric: 100}}|"
            + "dhcp-metrics-differ|ethernets.eth0.dhcp6-overrides.route-metric|E",
        "eth0: {dhcp4: yes, dhcp6: yes, dhcp4-overrides: {route-metric: 7},"
            + " dhcp6-overrides: {route-metric: 7}}|||",
        "eth0: {dhcp4: yes, dhcp6: no, dhcp4-overrides: {route-metric: 100}}|||",
        // gateways and routes
        "eth0: {addresses: [10.0.0.2/24], gateway4: 10.0.0.1, nameservers: {addresses: [10.0.0.1]}}|||",
        "eth0: {addresses: [10.0.0.2/24], gateway4: 10.0.0.1}|no-name-server|ethernets.eth0.nameservers|W",
        "eth0: {addresses: [10.0.0.2/24], gateway4: 10.0.0.1}, eth9: {dhcp4: yes}|"
            + "no-name-server|ethernets.eth0.nameservers|W",
        "eth0: {addresses: [10.0.0.2/24], routes: [{to: 10.9.0.0/16, via: 10.0.1.1}]}|"
            + "gateway-unreachable|ethernets.eth0.routes[0].via|E",
        "eth0: {addresses: [10.0.0.2/24], routes: [{to: 10.9.0.0/16, via: 10.0.1.1, on-link: yes}]}|||",
        "eth0: {addresses: [10.0.0.2/24], routes: [{to: 10.9.0.0/16, via: 10.0.1.1},"
            + " {to: 10.0.1.1/32, scope: link}]}|||",
        "eth0: {dhcp4: yes, routes: [{to: 10.9.0.0/16, via: 10.0.1.1}]}|"
            + "gateway-unreachable|ethernets.eth0.routes[0].via|W",
        "eth0: {dhcp4: yes, routes: [{to: '2001:db8::/64', via: 'fe80::1'}]}|||",
        "eth0: {dhcp4: yes, accept-ra: no, routes: [{to: '2001:db8::/64', via: '2001:db9::1'}]}|"
            + "gateway-unreachable|ethernets.eth0.routes[0].via|E",
        "eth0: {addresses: [10.0.0.2/24], nameservers: {addresses: [9.9.9.9]}, gateway4: 10.0.0.2}|"
            + "gateway-is-own-address|ethernets.eth0.gateway4|E",
        "eth0: {addresses: [10.0.0.2/24], nameservers: {addresses: [9.9.9.9]}, gateway4: 10.0.0.255}|"
            + "gateway-is-no-host|ethernets.eth0.gateway4|E",
        "eth0: {addresses: [10.0.0.2/24], routes: [{to: 10.9.0.0/16, via: 0.0.0.0}]}|"
            + "gateway-is-no-host|ethernets.eth0.routes[0].via|E",
        "eth0: {addresses: [10.0.0.2/24], routes: [{to: 10.9.0.1/16, via: 10.0.0.1}]}|"
            + "route-host-bits|ethernets.eth0.routes[0].to|E",
        "eth0: {addresses: [10.0.0.2/24], routes: [{to: 10.9.0.0/16, via: 10.0.0.1, from: 10.0.0.9}]}|"
            + "route-source-unknown|ethernets.eth0.routes[0].from|W",
        "eth0: {addresses: [10.0.0.2/24], nameservers: {addresses: [9.9.9.9]}, gateway4: 10.0.0.1,"
            + " routes: [{to: 0.0.0.0/0, via: 10.0.0.3, metric: 0}]}|"
            + "two-default-routes|ethernets.eth0.routes[0]|E",
        "eth0: {addresses: [10.0.0.2/24], nameservers: {addresses: [9.9.9.9]}, gateway4: 10.0.0.1},"
            + " eth1: {addresses: [10.1.0.2/24], routes: [{to: default, via: 10.1.0.3}]}|"
            + "two-default-routes|ethernets.eth1.routes[0]|E",
        "eth0: {addresses: [10.0.0.2/24], nameservers: {addresses: [9.9.9.9]}, gateway4: 10.0.0.1},"
            + " eth1: {addresses: [10.1.0.2/24], routes: [{to: default, via: 10.1.0.3, metric: 9}]}|||",
        "eth0: {addresses: [10.0.0.2/24], routes: [{to: 10.9.0.0/16, via: 10.0.0.1},"
            + " {to: 10.9.0.0/16, via: 10.0.0.3}]}|route-twice|ethernets.eth0.routes[1]|W",
        // the rest of a port
        "eth0: {dhcp4: yes, nameservers: {addresses: [0.0.0.0]}}|"
            + "bad-name-server|ethernets.eth0.nameservers.addresses[0]|E",
        "eth0: {dhcp4: yes, nameservers: {addresses: [127.0.0.53]}}|||",
        "eth0: {dhcp4: yes, mtu: 500}|mtu-too-small|ethernets.eth0.mtu|W",
        "eth0: {dhcp6: yes, mtu: 1279}|mtu-too-small|ethernets.eth0.mtu|E",
        "eth0: {dhcp6: yes, mtu: 9000}|mtu-large|ethernets.eth0.mtu|W",
        "eth0: {dhcp4: yes, macaddress: 01:00:5e:00:00:01}|"
            + "bad-mac-address|ethernets.eth0.macaddress|E",
        "eth0: {dhcp4: yes, macaddress: 00:00:00:00:00:00}|"
            + "bad-mac-address|ethernets.eth0.macaddress|E",
        "eth0: {dhcp4: yes, optional: no}|boot-waits|ethernets.eth0.optional|W",
        "eth0: {dhcp4: yes}, eth1: {match: {macaddress: 00:11:22:33:44:55}, set-name: eth0}|"
            + "name-twice|ethernets.eth1.set-name|E",
        "eth0: {}, eth1: {}|no-way-in||E",
        "eth9: {dhcp4: yes}|no-way-in||E",
        "eth0: {link-local: [ipv4]}|||",
        "eth0: {link-local: [ipv6]}|no-way-in||E",
      })
  void findsWhatNetplanLetsThrough(String ports, String code, String path, String severity) {
    // every port is optional unless it says otherwise
    String text = ports.replaceAll("(eth\\d: \\{)(?!.*optional)", "$1optional: yes, ");
    text = text.replace(", }", "}");
    singleOrNone(
        of(("network: {ethernets: {" + text + "}}").getBytes(UTF_8)), code, path, severity);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eth0: {}, eth1: {}|interfaces: [eth0, eth1]|mode: 802.3ad|||",
        "eth0: {dhcp4: yes}, eth1: {}|interfaces: [eth0, eth1]|mode: 802.3ad|"
            + "addressed-port|ethernets.eth0.dhcp4|E",
        "eth0: {addresses: [10.0.0.2/24]}, eth1: {}|interfaces: [eth0, eth1]|mode: 802.3ad|"
            + "addressed-port|ethernets.eth0.addresses|E",
        "eth0: {routes: [{to: 10.0.0.0/8, scope: link}]}|interfaces: [eth0]|mode: 802.3ad|"
            + "addressed-port|ethernets.eth0.routes|E",
        "eth0: {}|interfaces: [eth0, eth1]|mode: 802.3ad|"
            + "bond-port-undefined|bonds.bond0.interfaces[1]|E",
        "eth0: {}, eth9: {}|interfaces: [eth0, eth9]|mode: 802.3ad|"
            + "bond-port-absent|bonds.bond0.interfaces[1]|W",
        "eth0: {}, eth2: {}|interfaces: [eth2]|mode: 802.3ad|"
            + "bond-takes-your-port|bonds.bond0.interfaces[0]|W",
        "eth0: {}, eth1: {}|interfaces: [eth0, eth1]|mode: active-backup, primary: eth2|"
            + "bond-primary-is-no-port|bonds.bond0.parameters.primary|E",
        "eth0: {}|interfaces: [eth0]|mode: 802.3ad, min-links: 2|"
            + "bond-never-up|bonds.bond0.parameters.min-links|E",
        "eth0: {}|interfaces: [eth0]|mode: balance-alb, lacp-rate: fast|"
            + "bond-option-unused|bonds.bond0.parameters.lacp-rate|W",
        "eth0: {}|interfaces: [eth0]|mode: balance-alb, mii-monitor-interval: 0|"
            + "bond-unmonitored|bonds.bond0.parameters.mii-monitor-interval|W",
        "eth0: {}|interfaces: [eth0]|"
            + "mode: active-backup, arp-interval: 100, arp-ip-targets: [10.0.0.1]|"
            + "bond-two-monitors|bonds.bond0.parameters.arp-interval|E",
        "eth0: {}|interfaces: [eth0]|mode: active-backup, mii-monitor-interval: 0,"
            + " arp-interval: 100|bond-without-targets|bonds.bond0.parameters.arp-ip-targets|E",
        "eth0: {}|interfaces: [eth0]|mode: active-backup, mii-monitor-interval: 0,"
            + " arp-interval: 100, arp-ip-targets: [10.0.0.1]|||",
        "eth0: {}|interfaces: [eth0]|mode: 802.3ad, mii-monitor-interval: 0, arp-interval: 100,"
            + " arp-ip-targets: [10.0.0.1]|bond-monitor-refused|"
            + "bonds.bond0.parameters.arp-interval|E",
      })
  void findsWhatIsWrongWithABond(
      String ports, String members, String parameters, String code, String path, String severity) {
    String text =
        "network: {ethernets: {"
            + ports
            + "}, bonds: {bond0: {optional: yes, addresses: [10.5.0.2/24], "
            + members
            + ", parameters: {"
            + (parameters.contains("mii-") ? "" : "mii-monitor-interval: 100, ")
            + parameters
            + "}}}}";
    singleOrNone(of(text.getBytes(UTF_8)), code, path, severity);
  }

  @Test
  void countsABondWithoutPortsForNothing() {
    assertThat(
            of("network: {bonds: {bond0: {dhcp4: yes, optional: yes}}}".getBytes(UTF_8))
                .check(BOX, Optional.empty()))
        .extracting(Finding::code)
        .containsExactly(
            "no-way-in", "bond-without-ports", "bond-unmonitored", "bond-mac-of-its-own");
  }

  @Test
  void seesBridgesAndVlansToo() {
    NetplanConfiguration configuration =
        of(
            """
            network:
              ethernets: {eth0: {dhcp4: yes, optional: yes}, eth1: {}}
              bridges: {br0: {interfaces: [eth0], addresses: [10.0.0.2/24]}}
              vlans: {v7: {id: 7, link: eth1, addresses: [10.0.0.3/24]}}
              bonds:
                bond0:
                  interfaces: [eth0, eth1]
                  parameters: {mii-monitor-interval: 100}
              wifis: {bond0x: {}}
            """
                .getBytes(UTF_8));
    assertThat(configuration.check(BOX, Optional.of("eth2")))
        .extracting(Finding::code, Finding::path)
        .containsExactly(
            tuple("addressed-port", "ethernets.eth0.dhcp4"),
            tuple("subnets-collide", "vlans.v7.addresses[0]"),
            tuple("port-of-two", "bonds.bond0.interfaces[0]"));
  }

  @Test
  void tellsOfAPortInTwoBondsOnce() {
    assertThat(
            of("""
                    network:
                      ethernets: {eth0: {}, eth1: {}}
                      bonds:
                        bond0:
                          addresses: [10.0.0.2/24]
                          optional: yes
                          interfaces: [eth0]
                          parameters: {mii-monitor-interval: 100}
                        bond1: {interfaces: [eth1, eth0], parameters: {mii-monitor-interval: 100}}
                    """
                    .getBytes(UTF_8))
                .check(BOX, Optional.empty()))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo("port-of-two");
              assertThat(finding.path()).isEqualTo("bonds.bond1.interfaces[1]");
              assertThat(finding.origin()).isEqualTo(new Origin("a.yaml", 9, 32));
            });
  }

  @Test
  void leavesNobodyWithoutAWayIn() {
    assertThat(NetworkChecks.findings(NetworkSettings.EMPTY, Set.of(), Optional.empty()))
        .extracting(Finding::code)
        .containsExactly("no-way-in");
  }

  private static void singleOrNone(
      NetplanConfiguration configuration, String code, String path, String severity) {
    List<Finding> findings = configuration.check(BOX, Optional.of("eth2"));
    if (code == null) {
      assertThat(findings).isEmpty();
      return;
    }
    assertThat(findings)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(code);
              assertThat(finding.path()).isEqualTo(Objects.requireNonNullElse(path, ""));
              assertThat(finding.isError()).isEqualTo(severity.equals("E"));
              assertThat(finding.message()).isNotBlank();
              assertThat(finding.advice()).isNotBlank();
              assertThat(finding.origin() == null).isEqualTo(finding.path().isEmpty());
            });
  }

  private static NetplanConfiguration of(byte[] text) {
    return NetplanConfiguration.of(
        List.of(new NetplanFile(NetplanFile.Folder.ETC, "a.yaml", text, false)));
  }
}
