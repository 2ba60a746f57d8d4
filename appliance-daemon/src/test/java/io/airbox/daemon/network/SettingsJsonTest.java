package io.airbox.daemon.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.netplan.check.Finding;
import io.airbox.netplan.settings.NetworkSettings;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsJsonTest {
  private static final String EVERYTHING =
      """
      {"ethernets":{
        "eth0":{"dhcp4":true,"dhcp6":false,"dhcp-identifier":"mac","dhcp4-overrides":{"route-metric":200},
          "addresses":["10.0.0.2/24",{"10.0.0.3/24":{"label":"eth0:1","lifetime":"0"}}],
          "gateway4":"10.0.0.1","gateway6":"fd00::1",
          "routes":[{"to":"10.9.0.0/16","via":"10.0.0.9","from":"10.0.0.2","metric":7,"table":9,"on-link":true,"type":"unicast","scope":"global","mtu":1400}],
          "nameservers":{"addresses":["10.0.0.1","fd00::1"],"search":["lan","example.org"]},
          "mtu":9000,"optional":true,"macaddress":"02:00:00:00:00:01","link-local":["ipv4","ipv6"],"accept-ra":false,
          "match":{"name":"en*","macaddress":"02:00:00:00:00:02","driver":["r8169"]},"set-name":"eth0","wakeonlan":true},
        "eth1":{"dhcp4":false,"dhcp6":false,"addresses":[],"routes":[],"nameservers":{"addresses":[],"search":[]},"optional":true,"link-local":[]}},
       "bonds":{
        "bond0":{"dhcp4":false,"dhcp6":true,"dhcp6-overrides":{"route-metric":5},"addresses":[],"routes":[],
          "nameservers":{"addresses":[],"search":[]},"optional":false,
          "interfaces":["eth1"],"parameters":{"mode":"802.3ad","lacp-rate":"fast","mii-monitor-interval":"100"}}}}
      """;

  private static NetworkSettings read(JsonObject json, SettingsReading reading) {
    return reading.read(json, List.of());
  }

  @Test
  void whatIsWrittenIsReadAsItWas() {
    SettingsReading reading = new SettingsReading();
    NetworkSettings settings = read(new JsonObject(EVERYTHING), reading);

    assertThat(reading.findings()).isEmpty();
    assertThat(SettingsJson.write(settings)).isEqualTo(new JsonObject(EVERYTHING));
    assertThat(read(SettingsJson.write(settings), new SettingsReading())).isEqualTo(settings);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ethernets.eth0.addresses[0]|{'addresses':['10.0.0.2']}",
        "ethernets.eth0.addresses[1]|{'addresses':['10.0.0.2/24','10.0.0.2/33']}",
        "ethernets.eth0.addresses[0]|{'addresses':[7]}",
        "ethernets.eth0.addresses|{'addresses':'10.0.0.2/24'}",
        "ethernets.eth0.nameservers.search[0]|{'nameservers':{'search':['a\\n[Route]\\nGateway=6.6.6.6']}}",
        "ethernets.eth0.nameservers.addresses[0]|{'nameservers':{'addresses':['dns.example']}}",
        "ethernets.eth0.routes[0].via|{'routes':[{'to':'0.0.0.0/0','via':'10.0.0.300'}]}",
        "ethernets.eth0.routes[0].to|{'routes':[{'via':'10.0.0.3'}]}",
        "ethernets.eth0.routes[0]|{'routes':[{'to':'0.0.0.0/0','via':'fd00::1'}]}",
        "ethernets.eth0.routes[0].metric|{'routes':[{'to':'0.0.0.0/0','metric':1.5}]}",
        "ethernets.eth0.mtu|{'mtu':'jumbo'}",
        "ethernets.eth0|{'mtu':99999999999}",
        "ethernets.eth0|{'mtu':67}",
        "ethernets.eth0.dhcp4|{'dhcp4':'yes'}",
        "ethernets.eth0.dhcp-identifier|{'dhcp-identifier':'macaddr'}",
        "ethernets.eth0.dhcp4-overrides.route-metric|{'dhcp4-overrides':{'route-metric':-1}}",
        "ethernets.eth0.link-local|{'link-local':['ipv5']}",
        "ethernets.eth0.adresses|{'adresses':[]}",
        "ethernets.eth0|{'set-name':'lan'}",
        "ethernets.eth0.match|{'match':{'name':'x y'}}"
      })
  void aWrongValueIsAFindingAtItsPlace(String path, String port) {
    SettingsReading reading = new SettingsReading();
    JsonObject json = new JsonObject("{\"ethernets\":{\"eth0\":" + port.replace('\'', '"') + "}}");

    assertThat(read(json, reading)).isNull();
    assertThat(reading.findings()).extracting(Finding::path).containsExactly(path);
    assertThat(reading.findings()).allMatch(Finding::isError);
  }

  @Test
  void allFlawsAreToldAtOnce() {
    SettingsReading reading = new SettingsReading();
    read(
        new JsonObject(
            """
            {"ethernets":{"eth0; rm -rf /":{},"eth1":{"mtu":true,"addresses":["x"]}},
             "bonds":{"bond0":{"interfaces":["eth1","eth1"],"parameters":{"mode":"lacp","lacp-rate":"warp","speed":1}},
                      "bond1":{"interfaces":[]}},
             "vlans":{}}
            """),
        reading);

    assertThat(reading.findings())
        .extracting(Finding::path)
        .containsExactlyInAnyOrder(
            "vlans",
            "ethernets.eth0; rm -rf /",
            "ethernets.eth1.mtu",
            "ethernets.eth1.addresses[0]",
            "bonds.bond0.parameters.mode",
            "bonds.bond0.parameters.lacp-rate",
            "bonds.bond0.parameters.speed",
            "bonds.bond1.parameters");
  }

  @Test
  void netplansWordForTheDefaultRouteIsTaken() {
    SettingsReading reading = new SettingsReading();
    NetworkSettings settings =
        read(
            new JsonObject(
                """
                {"ethernets":{"eth0":{"routes":[{"to":"default","via":"10.0.0.1"},{"to":"default","via":"fd00::1"}]}}}
                """),
            reading);
    assertThat(reading.findings()).isEmpty();
    assertThat(settings.ethernets().get("eth0").settings().routes())
        .extracting(route -> route.to().toString())
        .containsExactly("0.0.0.0/0", "::/0");
  }
}
