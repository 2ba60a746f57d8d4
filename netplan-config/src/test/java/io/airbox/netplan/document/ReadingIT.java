package io.airbox.netplan.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import io.airbox.netplan.document.NetplanFile.Folder;
import io.airbox.netplan.plan.NetplanGenerate;
import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.Dhcp;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.LinkLocal;
import io.airbox.netplan.settings.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read is what the real netplan makes of the same files. */
final class ReadingIT {
  private static final int TREES = 100;

  // several spellings of each, so that files disagree, repeat each other and add to each other
  private static final Map<String, List<String>> KEYS = new LinkedHashMap<>();

  static {
    KEYS.put("dhcp4", List.of("yes", "no", "'on'", "False", "Y", "\"TRUE\""));
    KEYS.put("dhcp6", List.of("no", "off", "n", "yes"));
    KEYS.put("dhcp4-overrides", List.of("{route-metric: 200}", "{ route-metric: '300' }"));
    KEYS.put("dhcp-identifier", List.of("mac", "duid", "'mac'"));
    KEYS.put(
        "addresses",
        List.of(
            "[]",
            "[10.0.0.2/24]",
            "[10.0.0.3/24, 10.0.0.2/24]",
            "\n        - \"2001:db8::2/64\"\n        - 10.0.0.2/24"));
    KEYS.put("gateway4", List.of("10.0.0.1"));
    KEYS.put("mtu", List.of("1400", "01500", "' 1300'", "+1492"));
    KEYS.put("optional", List.of("true", "no"));
    KEYS.put("link-local", List.of("[]", "[ipv4]", "[ipv6]", "[ ipv4, ipv6 ]"));
    KEYS.put("accept-ra", List.of("yes", "no"));
    KEYS.put(
        "nameservers",
        List.of(
            "{addresses: [1.1.1.1], search: [a.example, ~.]}",
            "{search: [b.example]}",
            "\n        addresses:\n        - 1.1.1.1\n        - '2606:4700::1'"));
    KEYS.put(
        "routes",
        List.of(
            "[{to: 10.9.0.0/16, via: 10.0.0.1}]",
            "[{to: 10.9.0.0/16, via: 10.0.0.1}, {to: 10.8.0.0/16, via: 10.0.0.1, metric: 9}]",
            "[{to: \"2001:db8:1::/48\", via: 'fe80::1', on-link: yes, table: 7}]"));
  }

  private final NetplanGenerate netplan = NetplanGenerate.installed();

  @Test
  void readsFilesAsNetplanDoes() {
    int compared = 0;
    for (int seed = 0; seed < TREES; seed++) {
      List<NetplanFile> files = tree(new Random(seed));
      Map<String, byte[]> bytes = new LinkedHashMap<>();
      files.forEach(file -> bytes.put(file.path().substring(1), file.bytes()));
      NetplanGenerate.Result result = netplan.run(bytes);
      NetplanConfiguration configuration = NetplanConfiguration.of(files);
      assertThat(configuration.findings()).as("seed %s", seed).noneMatch(Finding::isError);
      boolean refusedByUs =
          configuration.check(Set.of(), Optional.empty()).stream().anyMatch(Finding::isError);
      if (result.exitCode() != 0) {
        assertThat(refusedByUs).as("seed %s: %s", seed, result.findings()).isTrue();
        continue;
      }
      compared++;
      String as = "seed " + seed + ", " + files;
      configuration
          .settings()
          .interfaces()
          .forEach(
              (id, settings) ->
                  assertThat(
                          generated(
                              result
                                  .generated()
                                  .get("run/systemd/network/10-netplan-" + id + ".network")))
                      .as("%s, %s", as, id)
                      .containsExactlyInAnyOrderElementsOf(
                          expected(settings, configuration.settings().bondOf(id))));
      Bond bond = configuration.settings().bonds().get("bond0");
      if (bond != null) {
        assertThat(result.generated().get("run/systemd/network/10-netplan-bond0.netdev"))
            .contains("Mode=" + bond.parameters().mode().word() + "\n");
      }
    }
    assertThat(compared).isGreaterThan(TREES / 2);
  }

  /** Line of netplan's error; ours has the same, and "-" is left to netplan alone. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network:\\n  version: 2\\n  ethernets:\\n\\teth0: {}\\n|4|invalid-yaml",
        "network:\\n\\t\\n  version: 2\\n|2|invalid-yaml",
        "network:\\n  version: 2\\n  \\t# why\\n|3|invalid-yaml",
        "network:\\n  ethernets:\\n    eth0:\\n      dhcp4: yes\\n     dhcp6: no\\n|5|invalid-yaml",
        "network:\\n  version:2\\n  renderer: networkd\\n|3|invalid-yaml",
        "network: {ethernets: {eth0: {adresses: [10.0.0.2/24]}}}|1|-",
        "networks:\\n  version: 2\\n|1|unknown-key",
        "network:\\n  ethernets:\\n    eth0:\\n      addresses: [10.0.0.2]\\n|4|invalid-value",
        "network:\\n  ethernets:\\n    eth0:\\n      addresses: [10.0.0.2/33]\\n|4|invalid-value",
        "network:\\n  ethernets:\\n    eth0:\\n      dhcp4: maybe\\n|4|invalid-value",
        "network:\\n  ethernets: {eth0: {}}\\n  bonds:\\n    b0:\\n      interfaces: [eth0, eth9]\\n|5|"
            + "bond-port-undefined",
        "network:\\n  bonds:\\n    b0:\\n      parameters:\\n        mode: lacp\\n|5|invalid-value",
        "network:\\n  version: 3\\n|2|invalid-value",
        "network:\\n  ethernets:\\n    eth0:\\n      routes:\\n      - to: 10.0.0.0/8\\n"
            + "        via: 10.0.0.300\\n|6|invalid-value",
        "network:\\n  ethernets:\\n    eth0:\\n      set-name: lan\\n|4|set-name-without-match",
        "network:\\n  ethernets:\\n    eth0: {dhcp-identifier: macaddr}\\n|3|invalid-value",
        "network:\\n  ethernets:\\n    eth0: {mtu: jumbo}\\n|3|invalid-value",
        "network:\\n  version: 2\\n  renderer: connman\\n|3|invalid-value",
        "network:\\n  ethernets:\\n    eth0: {nameservers: {addresses: [dns.example]}}\\n|3|invalid-value",
        "network:\\n  ethernets:\\n    'eth0; rm -rf /': {}\\n|3|bad-interface-name",
        "network: {ethernets: {eth0: {}}, bonds: {eth0: {}}}|1|defined-twice",
        "network: {ethernets: {eth0: {gateway4: 1.1.1.1, gateway4: 1.1.1.2}}}|0|second-gateway",
        "network: {ethernets: {eth0: {routes: [{to: default, scope: link}]}}}|0|invalid-value",
        "network: {ethernets: {eth0: {addresses: [10.0.0.2/0]}}}|1|invalid-value",
        "network: {ethernets: {eth0: }}|1|wrong-form",
        "network: {ethernets: {eth0: {addresses: }}}|1|wrong-form",
        "network: {ethernets: {eth0: {dhcp4: null}}}|1|invalid-value",
        "~|1|wrong-form",
        "[]|1|wrong-form"
      })
  void refusesTheMalformedFilesThatNetplanRefuses(String text, int line, String code) {
    byte[] bytes = text.replace("\\n", "\n").replace("\\t", "\t").getBytes(UTF_8);
    NetplanGenerate.Result result = netplan.run(Map.of("etc/netplan/a.yaml", bytes));
    assertThat(result.exitCode()).isNotZero();
    Origin theirs = result.findings().get(0).origin();
    // without a place when netplan itself dies of it
    assertThat(theirs == null ? 0 : theirs.line()).isEqualTo(line);
    List<Finding> ours =
        NetplanConfiguration.of(List.of(new NetplanFile(Folder.ETC, "a.yaml", bytes, false)))
            .check(Set.of(), Optional.empty());
    if (code.equals("-")) {
      assertThat(ours).allMatch(finding -> finding.origin() == null);
      return;
    }
    assertThat(ours)
        .filteredOn(Finding::isError)
        .filteredOn(finding -> finding.code().equals(code))
        .first()
        .satisfies(
            finding -> {
              assertThat(finding.origin()).isNotNull();
              assertThat(finding.origin().line()).isEqualTo(Math.max(1, line));
            });
  }

  private static List<NetplanFile> tree(Random random) {
    List<NetplanFile> files = new ArrayList<>();
    for (Folder folder : Folder.values()) {
      for (String name : List.of("01-netcfg.yaml", "20-more.yaml")) {
        if (random.nextInt(3) > 0) {
          files.add(new NetplanFile(folder, name, text(random).getBytes(UTF_8), false));
        }
      }
    }
    return files;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder("network:\n  version: 2\n  ethernets:\n");
    for (String id : List.of("eth0", "eth1")) {
      text.append("    ").append(id).append(":\n      wakeonlan: no\n");
      keys(random, text);
    }
    if (random.nextBoolean()) {
      text.append("  bonds:\n    bond0:\n      interfaces: ")
          .append(random.nextBoolean() ? "[eth0, eth1]" : "[eth1]")
          .append("\n      parameters: {mode: ")
          .append(random.nextBoolean() ? "active-backup" : "802.3ad")
          .append("}\n");
      keys(random, text);
    }
    return random.nextInt(4) == 0 ? text.toString().replace("\n", "\r\n") : text.toString();
  }

  private static void keys(Random random, StringBuilder text) {
    KEYS.forEach(
        (key, values) -> {
          // now and then a key stands twice
          for (int i = Math.max(0, random.nextInt(9) - 6); i > 0; i--) {
            text.append("      ")
                .append(key)
                .append(": ")
                .append(values.get(random.nextInt(values.size())))
                .append(random.nextInt(5) == 0 ? " # why\n" : "\n");
          }
        });
  }

  /** The lines that settings should make, of those that are compared. */
  private static List<String> expected(InterfaceSettings settings, Optional<Bond> bond) {
    List<String> lines = new ArrayList<>();
    Dhcp dhcp = settings.dhcp();
    if (dhcp.any()) {
      lines.add("DHCP=" + (dhcp.v4() && dhcp.v6() ? "yes" : dhcp.v4() ? "ipv4" : "ipv6"));
      Long metric = dhcp.v4() ? dhcp.v4Metric() : dhcp.v6Metric();
      lines.add("RouteMetric=" + (metric == null ? 100 : metric));
      if ("mac".equals(dhcp.identifier())) {
        lines.add("ClientIdentifier=mac");
      }
    }
    LinkLocal linkLocal = settings.linkLocal() == null ? LinkLocal.IPV6 : settings.linkLocal();
    lines.add(
        "LinkLocalAddressing="
            + (bond.isPresent()
                ? "no"
                : switch (linkLocal) {
                  case NONE -> "no";
                  case IPV4 -> "ipv4";
                  case IPV6 -> "ipv6";
                  case BOTH -> "yes";
                }));
    bond.ifPresent(master -> lines.add("Bond=" + master.id()));
    if (settings.optional()) {
      lines.add("RequiredForOnline=no");
    }
    if (settings.mtu() != null) {
      lines.add("MTUBytes=" + settings.mtu());
    }
    if (settings.acceptRa() != null) {
      lines.add("IPv6AcceptRA=" + (settings.acceptRa() ? "yes" : "no"));
    }
    for (Address address : settings.addresses()) {
      lines.add("Address=" + address);
    }
    if (settings.gateway4() != null) {
      lines.add("Gateway=" + settings.gateway4());
    }
    for (IpAddress server : settings.nameServers().addresses()) {
      lines.add("DNS=" + server);
    }
    if (!settings.nameServers().search().isEmpty()) {
      lines.add("Domains=" + String.join(" ", settings.nameServers().search()));
    }
    for (Route route : settings.routes()) {
      lines.add("Destination=" + route.to());
      lines.add("Gateway=" + route.via());
      if (route.metric() != null) {
        lines.add("Metric=" + route.metric());
      }
      if (route.table() != null) {
        lines.add("Table=" + route.table());
      }
      if (route.onLink()) {
        lines.add("GatewayOnLink=true");
      }
    }
    return lines;
  }

  private static List<String> generated(String text) {
    return text.lines()
        .filter(line -> line.contains("="))
        .filter(line -> !line.matches("(Name|UseMTU|UseDNS|ConfigureWithoutCarrier)=.*"))
        .toList();
  }
}
