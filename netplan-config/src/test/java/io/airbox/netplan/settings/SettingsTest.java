package io.airbox.netplan.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.netplan.NetplanException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
  /** Every way in for a free text. */
  private static final Map<String, Consumer<String>> TEXTS =
      Map.ofEntries(
          Map.entry("address", Address::parse),
          Map.entry("ip", IpAddress::new),
          Map.entry("subnet", Subnet::parse),
          Map.entry("interface", InterfaceName::require),
          Map.entry("port", text -> Ethernet.of(text, InterfaceSettings.EMPTY)),
          Map.entry(
              "member",
              text ->
                  new Bond(
                      "bond0",
                      InterfaceSettings.EMPTY,
                      List.of(text),
                      BondParameters.of(BondMode.BALANCE_RR))),
          Map.entry("mode", BondMode::of),
          Map.entry("label", text -> new Address(Subnet.parse("10.0.0.2/24"), text, null)),
          Map.entry("lifetime", text -> new Address(Subnet.parse("10.0.0.2/24"), null, text)),
          Map.entry("identifier", text -> new Dhcp(true, false, text, null, null)),
          Map.entry("mac", InterfaceSettings.EMPTY::withMacAddress),
          Map.entry("search", text -> new NameServers(List.of(), List.of(text))),
          Map.entry("match name", text -> new Match(text, null, List.of())),
          Map.entry("match mac", text -> new Match(null, text, List.of())),
          Map.entry("match driver", text -> new Match(null, null, List.of(text))),
          Map.entry("route type", text -> route(text, null)),
          Map.entry("route scope", text -> route(null, text)));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "a\nb",
        "a\n[Route]\nGateway=6.6.6.6",
        "a\r",
        "\ta",
        "a\u0000",
        "a\u0085b",
        "a\u2028b",
        "\u202eeth0",
        "a\"b",
        "a'b",
        "a\\b",
        "a%nb",
        "a;b",
        "a#b",
        "a: b",
        "a, b",
        "{a}",
        "&a",
        "!a",
        "a$b",
        "a`b",
        "é",
        "eth0/../x",
        "..",
        "-"
      })
  void refusesTextThatCouldBreakOutOfAFile(String text) {
    TEXTS.forEach(
        (name, factory) -> {
          NetplanException e =
              catchThrowableOfType(NetplanException.class, () -> factory.accept(text));
          // patterns and labels have more letters, all of them harmless
          if (!name.startsWith("match") && !name.equals("label")) {
            assertThat(e).as(name).isNotNull();
          }
          if (e != null) {
            assertThat(e.reason()).isEqualTo(NetplanException.Reason.INVALID_VALUE);
            assertThat(e.getMessage()).doesNotMatch("(?s).*[\\p{Cntrl}\u0085\u2028\u202e].*");
          } else {
            assertThat(text).matches("[.-]+|!a");
          }
        });
    for (BondOption option : BondOption.values()) {
      NetplanException e =
          catchThrowableOfType(
              NetplanException.class,
              () -> BondParameters.of(BondMode.BALANCE_RR).with(option, text));
      assertThat(e).as(option.key()).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1",
    "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
    "2001:db8:0:1:0:0:0:1, 2001:db8:0:1::1",
    "::, ::",
    "::ffff:10.0.0.1, ::ffff:a00:1",
    "1:0:0:2:0:0:0:3, 1:0:0:2::3",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0"
  })
  void writesAddressesInOneWay(String text, String canonical) {
    assertThat(new IpAddress(text)).hasToString(canonical);
    assertThat(new IpAddress(canonical)).isEqualTo(new IpAddress(text));
    assertThat(IpAddress.of(new IpAddress(text).bytes())).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0",
        "10.0.0.256",
        "10.0.0.01",
        "10.0.0.1.",
        "1e1.0.0.1",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7",
        "12345::",
        "fe80::1%eth0",
        "::1.2.3",
        "1.2.3.4::",
        "0x7f.0.0.1",
        "dns.example"
      })
  void takesNothingElseForAnAddress(String text) {
    assertThat(IpAddress.isValid(text)).isFalse();
  }

  @Test
  void knowsWhatIsInASubnet() {
    Subnet net = Subnet.parse("10.1.2.3/20");
    assertThat(net.network()).hasToString("10.1.0.0");
    assertThat(net.last()).hasToString("10.1.15.255");
    assertThat(net.contains(new IpAddress("10.1.15.255"))).isTrue();
    assertThat(net.contains(new IpAddress("10.1.16.0"))).isFalse();
    assertThat(net.contains(new IpAddress("::a01:203"))).isFalse();
    assertThat(net.overlaps(Subnet.parse("10.0.0.0/8"))).isTrue();
    assertThat(net.overlaps(Subnet.parse("10.1.3.0/24"))).isTrue();
    assertThat(net.overlaps(Subnet.parse("10.2.0.0/16"))).isFalse();
    assertThat(Subnet.parse("2001:db8::5/64").last()).hasToString("2001:db8::ffff:ffff:ffff:ffff");
    assertThat(Subnet.parse("10.0.0.5/32").last()).hasToString("10.0.0.5");
    assertThat(Subnet.ALL_V4.contains(new IpAddress("255.1.2.3"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1/33",
        "10.0.0.1/-1",
        "10.0.0.1/",
        "10.0.0.1/08x",
        "::1/129",
        "/24",
        "a/1"
      })
  void refusesSubnetsOutOfRange(String text) {
    assertThat(catchThrowableOfType(NetplanException.class, () -> Subnet.parse(text))).isNotNull();
  }

  @Test
  void refusesOneNameForTwoInterfaces() {
    Ethernet port = Ethernet.of("x0", InterfaceSettings.EMPTY);
    Bond bond =
        new Bond("x0", InterfaceSettings.EMPTY, List.of(), BondParameters.of(BondMode.BROADCAST));
    NetworkSettings settings = NetworkSettings.EMPTY.with(port);
    assertThat(catchThrowableOfType(NetplanException.class, () -> settings.with(bond))).isNotNull();
    assertThat(settings.interfaceSettings("x0")).hasValue(InterfaceSettings.EMPTY);
  }

  private static Route route(String type, String scope) {
    return new Route(
        Subnet.ALL_V4, new IpAddress("10.0.0.1"), null, null, null, false, type, scope, null);
  }
}
