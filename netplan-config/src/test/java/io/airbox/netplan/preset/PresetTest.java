package io.airbox.netplan.preset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.settings.Address;
import io.airbox.netplan.settings.Bond;
import io.airbox.netplan.settings.BondMode;
import io.airbox.netplan.settings.BondOption;
import io.airbox.netplan.settings.BondParameters;
import io.airbox.netplan.settings.Dhcp;
import io.airbox.netplan.settings.Ethernet;
import io.airbox.netplan.settings.InterfaceSettings;
import io.airbox.netplan.settings.IpAddress;
import io.airbox.netplan.settings.LinkLocal;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.OtherInterface;
import io.airbox.netplan.settings.Route;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PresetTest {
  private static final NetworkSettings BONDED =
      NetworkSettings.EMPTY
          .with(Ethernet.of("eth0", InterfaceSettings.EMPTY.withMtu(9000)))
          .with(Ethernet.of("eth1", InterfaceSettings.EMPTY))
          .with(Ethernet.of("enp3s0", InterfaceSettings.EMPTY.withDhcp(Dhcp.V4_BY_MAC)))
          .with(
              new Bond(
                  "trunk",
                  InterfaceSettings.EMPTY
                      .withAddresses(List.of(Address.parse("10.0.0.2/24")))
                      .withMacAddress("52:54:00:00:00:01"),
                  List.of("eth0", "eth1"),
                  BondParameters.of(BondMode.BALANCE_RR)));

  @ParameterizedTest
  @EnumSource(Preset.class)
  void makesTheSameOfWhatItMade(Preset preset) {
    Map<String, String> fields =
        preset == Preset.STATIC ? Map.of("address", "10.0.0.2/24") : Map.of();
    for (NetworkSettings start : List.of(NetworkSettings.EMPTY, BONDED)) {
      NetworkSettings once = preset.settings(start, fields);
      assertThat(preset.settings(once, fields)).isEqualTo(once);
      assertThat(once.interfaceSettings("enp3s0")).isEqualTo(start.interfaceSettings("enp3s0"));
      assertThat(Preset.of(preset.id())).isEqualTo(preset);
    }
  }

  @Test
  void freesThePortsOfABond() {
    NetworkSettings free = Preset.FACTORY_DEFAULT.settings(BONDED, Map.of());
    assertThat(free.bonds()).isEmpty();
    assertThat(free.ethernets().get("eth0").settings())
        .isEqualTo(
            InterfaceSettings.EMPTY.withMtu(9000).withOptional(true).withDhcp(Dhcp.V4_BY_MAC));
    assertThat(free.ethernets().get("eth1").settings().addresses())
        .containsExactly(Address.parse("192.168.150.1/24"));
  }

  @Test
  void keepsNameAndMacAddressOfABond() {
    Bond bond =
        Preset.BOND_802_3AD
            .settings(BONDED, Map.of("address", "10.0.0.3/24", "gateway", "10.0.0.1"))
            .bonds()
            .get("trunk");
    assertThat(bond.settings().macAddress()).isEqualTo("52:54:00:00:00:01");
    assertThat(bond.settings().addresses()).containsExactly(Address.parse("10.0.0.3/24"));
    assertThat(bond.settings().routes())
        .containsExactly(Route.defaultVia(new IpAddress("10.0.0.1")));
    assertThat(bond.parameters().option(BondOption.MII_MONITOR_INTERVAL)).contains("100");
    Bond other =
        Preset.BOND_ACTIVE_BACKUP
            .settings(
                new NetworkSettings(
                    Map.of(),
                    Map.of(),
                    List.of(new OtherInterface("vlans", "bond0", List.of(), List.of(), false))),
                Map.of())
            .bonds()
            .get("bond1");
    assertThat(other.parameters().option(BondOption.PRIMARY)).contains("eth0");
    assertThat(other.settings().dhcp()).isEqualTo(Dhcp.V4_BY_MAC);
  }

  @Test
  void setsABondsOwnAddress() {
    NetworkSettings bonded =
        Preset.STATIC.settings(BONDED, Map.of("port", "trunk", "address", "10.0.0.9/24"));
    assertThat(bonded.bonds().get("trunk").settings().addresses())
        .containsExactly(Address.parse("10.0.0.9/24"));
    assertThat(bonded.bonds().get("trunk").members()).containsExactly("eth0", "eth1");
    assertThat(
            Preset.DIRECT_CABLE
                .settings(NetworkSettings.EMPTY, Map.of())
                .ethernets()
                .get("eth1")
                .settings()
                .linkLocal())
        .isEqualTo(LinkLocal.BOTH);
  }

  @ParameterizedTest
  @CsvSource({
    "static,port,eth0,address",
    "static,address,10.0.0.2,address",
    "static,address,10.0.0.2/33,address",
    "static,adress,10.0.0.2/24,adress",
    "bond-802.3ad,gateway,10.0.0.1,gateway",
    "bond-802.3ad,nameservers,dns.example,nameservers",
    "bond-balance-alb,search,a b;c,search",
    "both-dhcp,port,eth0,port",
    "direct-cable,port,eth0; reboot,port",
    "direct-cable,port,trunk9012345678,port"
  })
  void saysWhichFieldIsWrong(String preset, String field, String value, String named) {
    NetworkSettings current =
        new NetworkSettings(
            Map.of(),
            Map.of(),
            List.of(new OtherInterface("vlans", "trunk9012345678", List.of(), List.of(), false)));
    assertThatThrownBy(() -> Preset.of(preset).settings(current, Map.of(field, value)))
        .isInstanceOfSatisfying(
            NetplanException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(NetplanException.Reason.INVALID_VALUE);
              assertThat(e.field()).isEqualTo(named);
            });
  }

  @Test
  void knowsItsPresets() {
    assertThatThrownBy(() -> Preset.of("warp"))
        .isInstanceOf(NetplanException.class)
        .hasMessageContaining("factory-default, both-dhcp");
  }
}
