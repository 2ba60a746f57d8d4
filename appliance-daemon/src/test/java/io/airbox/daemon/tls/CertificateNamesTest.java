package io.airbox.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.daemon.tls.InetNames.LocalAddress;
import io.airbox.daemon.tls.InetNames.Snapshot;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateNamesTest {
  private static final List<String> ALWAYS = List.of("localhost", "127.0.0.1", "::1");

  private static LocalAddress on(String network, String address) {
    try {
      return new LocalAddress(network, InetAddress.getByName(address));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void addressesThatOthersReachAreNamedOnceAndInOrder() {
    List<LocalAddress> addresses =
        List.of(
            on("eth1", "192.168.150.1"),
            on("lo", "127.0.0.1"),
            on("eth0", "fe80::1"),
            on("eth0", "2001:db8::2"),
            on("eth0", "10.0.0.2"),
            on("wlan0", "10.0.0.2"),
            on("eth1", "169.254.3.4"),
            on("tailscale0", "100.64.0.1"));
    assertThat(CertificateNames.of(new Snapshot("localhost", addresses), List.of("a.example")))
        .containsExactly(
            "localhost",
            "127.0.0.1",
            "::1",
            "a.example",
            "10.0.0.2",
            "100.64.0.1",
            "192.168.150.1",
            "2001:db8::2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"docker0", "veth12ab34c", "br-0123456789ab", "virbr0", "cni0", "podman1", "cali9"})
  void networksOfContainersAreNotNamed(String network) {
    Snapshot machine = new Snapshot("localhost", List.of(on(network, "172.17.0.1")));
    assertThat(CertificateNames.of(machine, List.of())).isEqualTo(ALWAYS);
  }

  @Test
  void aBridgeThatTheOwnerMadeIsNamed() {
    Snapshot machine = new Snapshot("localhost", List.of(on("br-lan", "192.168.1.1")));
    assertThat(CertificateNames.of(machine, List.of())).contains("192.168.1.1");
  }

  @Test
  void thereIsAnEndToThemAndTheOwnersComeFirst() {
    List<LocalAddress> many =
        IntStream.range(0, 200).mapToObj(i -> on("eth0", "10.0.1." + i)).toList();
    assertThat(CertificateNames.of(new Snapshot("box", many), List.of("a.example")))
        .hasSize(CertificateNames.MOST)
        .contains("box", "box.local", "a.example", "10.0.1.0");
  }

  @ParameterizedTest
  @CsvSource({
    "AirBox-7, airbox-7",
    "box.example.org, box.example.org",
    "my_box, localhost",
    "-box, localhost",
    "'', localhost",
    "bo x, localhost",
    "10.0.0.300, localhost"
  })
  void aHostNameThatIsNoDnsNameIsPassedOver(String hostName, String host) {
    assertThat(CertificateNames.host(hostName)).isEqualTo(host);
  }

  @Test
  void aFullHostNameIsKnownByItsFirstLabelToo() {
    assertThat(CertificateNames.of(new Snapshot("box.example.org", List.of()), List.of()))
        .startsWith("box.example.org", "box", "box.local");
  }

  @ParameterizedTest
  @CsvSource({
    "Box.Example.ORG, box.example.org",
    "' 10.1.2.3 ', 10.1.2.3",
    "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "::, ::",
    "1::, 1::",
    "::ffff:10.0.0.1, 10.0.0.1"
  })
  void configuredNamesHaveOneSpelling(String name, String spelling) {
    assertThat(CertificateNames.checked(name)).isEqualTo(spelling);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no name",
        "10.0.0.256",
        "1.2.3",
        "fe80::1%eth0",
        "a..b",
        "*.example.org",
        "1::2::3"
      })
  void whatIsNoNameIsRefused(String name) {
    assertThatThrownBy(() -> CertificateNames.checked(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("neither a DNS name");
  }

  @Property(tries = 300)
  void anyIpv6AddressReadsBack(@ForAll @Size(16) byte[] bytes, @ForAll @Size(8) boolean[] zero)
      throws UnknownHostException {
    for (int i = 0; i < 16; i++) {
      bytes[i] = zero[i / 2] ? 0 : bytes[i];
    }
    InetAddress address = InetAddress.getByAddress(bytes);
    String text = CertificateNames.checked(address.getHostAddress());
    assertThat(CertificateNames.address(text)).contains(address);
  }

  @Test
  void theMachineTellsItsNames(@TempDir Path proc) throws Exception {
    Files.createDirectories(proc.resolve("sys/kernel"));
    Files.writeString(proc.resolve("sys/kernel/hostname"), "kitchen\n");
    List<LocalAddress> all = new SystemNames(proc).read().addresses();
    assertThat(new SystemNames(proc).read().hostName()).isEqualTo("kitchen");
    assertThat(all)
        .extracting(local -> local.address().getHostAddress())
        .contains("127.0.0.1")
        .noneMatch(text -> text.contains("%"));
    assertThat(new SystemNames(proc.resolve("none")).read().hostName()).isEqualTo("localhost");
  }

  /** The kernel's table says that loopback's address is such a one; nothing else is touched. */
  @Test
  void temporaryAddressesAreLeftOut(@TempDir Path proc) throws Exception {
    Files.createDirectories(proc.resolve("net"));
    List<String> lines = new ArrayList<>();
    List<LocalAddress> before = new SystemNames(proc).read().addresses();
    for (LocalAddress local : before) {
      if (local.address().getAddress().length == 16) {
        String hex = java.util.HexFormat.of().formatHex(local.address().getAddress());
        lines.add(hex + " 01 80 00 01       " + local.network());
      }
    }
    lines.add("not a line of this table");
    Files.write(proc.resolve("net/if_inet6"), lines);
    assertThat(new SystemNames(proc).read().addresses())
        .isEqualTo(
            before.stream().filter(local -> local.address().getAddress().length == 4).toList());
  }
}
