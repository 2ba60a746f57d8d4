package io.airbox.netplan.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.check.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real netplan, 0.106. */
final class NetplanGenerateIT {
  private static final String PORT = "network:\n  version: 2\n  ethernets:\n    eth0:\n      ";

  private final NetplanGenerate netplan = NetplanGenerate.installed();

  @Test
  void showsWhatNetplanMakesOfAPort() {
    NetplanGenerate.Result result = run(PORT + "dhcp4: yes\n");
    assertThat(result.exitCode()).isZero();
    assertThat(result.findings()).isEmpty();
    assertThat(result.generated().get("run/systemd/network/10-netplan-eth0.network"))
        .contains("DHCP=ipv4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adresses: []|5|7|invalid-definition",
        "addresses: [10.0.0.2]|5|18|invalid-definition",
        "addresses: [10.0.0.2/33]|5|18|invalid-definition",
        "dhcp4: maybe|5|14|invalid-definition",
        "mtu: jumbo|5|12|invalid-definition",
        "set-name: lan|5|7|invalid-definition",
        "dhcp-identifier: macaddr|5|24|invalid-definition",
        "nameservers: {addresses: [dns.example]}|5|32|invalid-definition"
      })
  void tellsWhereNetplanSeesAnError(String line, int row, int column, String code) {
    NetplanGenerate.Result result = run(PORT + line + "\n");
    assertThat(result.exitCode()).isNotZero();
    Finding finding = result.findings().get(0);
    assertThat(finding.code()).isEqualTo(code);
    assertThat(finding.isError()).isTrue();
    assertThat(finding.origin()).isNotNull();
    assertThat(finding.origin().file()).isEqualTo("01-netcfg.yaml");
    assertThat(finding.origin().line()).isEqualTo(row);
    if (!line.startsWith("set-name")) {
      assertThat(finding.origin().column()).isEqualTo(column);
    }
  }

  @Test
  void refusesTwoDefaultRoutesThoughNetplanEndsWithZero() {
    NetplanGenerate.Result result =
        run(
            PORT
                + "addresses: [10.0.0.2/24]\n      gateway4: 10.0.0.1\n"
                + "      routes: [{to: 0.0.0.0/0, via: 10.0.0.3}]\n");
    assertThat(result.exitCode()).isZero();
    assertThat(result.findings()).anyMatch(Finding::isError);
  }

  @Test
  void saysWhichProgramIsMissing() {
    NetplanGenerate missing =
        new NetplanGenerate(List.of("/nonexistent/generate"), Duration.ofSeconds(5));
    Assertions.assertThatThrownBy(() -> missing.run(Map.of()))
        .isInstanceOf(NetplanException.class)
        .hasMessageContaining("/nonexistent/generate");
  }

  private NetplanGenerate.Result run(String text) {
    return netplan.run(Map.of("etc/netplan/01-netcfg.yaml", text.getBytes(UTF_8)));
  }
}
