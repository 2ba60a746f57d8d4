package io.airbox.netplan.edit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.netplan.NetplanException;
import io.airbox.netplan.document.NetplanConfiguration;
import io.airbox.netplan.document.NetplanFile;
import io.airbox.netplan.document.NetplanFile.Folder;
import io.airbox.netplan.preset.Preset;
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
import io.airbox.netplan.settings.NameServers;
import io.airbox.netplan.settings.NetworkSettings;
import io.airbox.netplan.settings.Route;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class NetplanEditTest {
  private static final String NAME = "01-netcfg.yaml";
  private static final String PORT = "network:\n  version: 2\n  ethernets:\n    eth0:\n";

  private static String factory() throws IOException {
    try (InputStream in =
        NetplanEditTest.class.getResourceAsStream("/io/airbox/netplan/factory.yaml")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }
  }

  private static NetplanFile file(Folder folder, String name, String text) {
    return new NetplanFile(folder, name, text.getBytes(UTF_8), false);
  }

  private static NetplanConfiguration etc(String... nameAndText) {
    List<NetplanFile> files = new ArrayList<>();
    for (int i = 0; i < nameAndText.length; i += 2) {
      files.add(file(Folder.ETC, nameAndText[i], nameAndText[i + 1]));
    }
    return NetplanConfiguration.of(files);
  }

  private static NetplanConfiguration edited(
      NetplanConfiguration now, UnaryOperator<NetworkSettings> wish) {
    return NetplanConfiguration.of(
        NetplanEdit.after(now.files(), NetplanEdit.edit(now, wish.apply(now.settings()))));
  }

  private static String text(NetplanConfiguration configuration, String name) {
    return configuration.files().stream()
        .filter(file -> file.name().equals(name) && file.folder() == Folder.ETC)
        .map(file -> new String(file.bytes(), UTF_8))
        .findFirst()
        .orElse("(none)");
  }

  /** Changes eth0 in a file, looks at the text, and goes back. */
  private static void changes(String text, UnaryOperator<InterfaceSettings> wish, String expected) {
    NetplanConfiguration now = etc(NAME, text);
    assertThat(now.findings()).as("sound to begin with").noneMatch(f -> f.isError());
    NetplanConfiguration then = edited(now, settings -> eth0(settings, wish));
    assertThat(WayBack.body(text(then, NAME))).isEqualTo(expected);
    NetplanConfiguration back = edited(then, settings -> now.settings());
    assertThat(text(back, NAME)).as("the way back").isEqualTo(text);
  }

  private static NetworkSettings eth0(
      NetworkSettings settings, UnaryOperator<InterfaceSettings> wish) {
    Ethernet port = settings.ethernets().get("eth0");
    return settings.with(port.with(wish.apply(port.settings())));
  }

  private static List<Address> addresses(String... texts) {
    return Arrays.stream(texts).map(Address::parse).toList();
  }

  private static Dhcp dhcp4(boolean on) {
    return new Dhcp(on, false, null, null, null);
  }

  @Test
  void changesOnlyWhatIsAsked() {
    changes(
        PORT + "      dhcp4: yes   # by the router\n      mtu: 1500\n",
        eth0 -> eth0.withDhcp(dhcp4(false)).withAddresses(addresses("10.0.0.2/24")),
        PORT
            + "      dhcp4: no   # by the router\n      mtu: 1500\n"
            + "      addresses: [10.0.0.2/24]\n");
  }

  @Test
  void writesYesAndNoInTheUsersWords() {
    for (String[] words :
        new String[][] {
          {"true", "false"},
          {"True", "False"},
          {"ON", "OFF"},
          {"'yes'", "'no'"},
          {"\"on\"", "\"off\""},
          {"y", "n"},
          {"Yes", "No"}
        }) {
      changes(
          PORT + "      dhcp4: " + words[0] + "\n",
          eth0 -> eth0.withDhcp(dhcp4(false)),
          PORT + "      dhcp4: " + words[1] + "\n");
    }
    changes(
        PORT + "      dhcp4: true\n",
        eth0 -> eth0.withOptional(true),
        PORT + "      dhcp4: true\n      optional: true\n");
  }

  @Test
  void editsFlowStyle() {
    changes(
        "network: {version: 2, ethernets: {eth0: {dhcp4: yes, mtu: 9000}, eth1: {}}}  # all\n",
        eth0 -> eth0.withMtu(null).withAddresses(addresses("10.0.0.2/24", "fd00::2/64")),
        "network: {version: 2, ethernets: {eth0: {dhcp4: yes, addresses: [10.0.0.2/24,"
            + " \"fd00::2/64\"]}, eth1: {}}}  # all\n");
    changes(
        "network:\n  ethernets:\n    eth0: { addresses: [ 10.0.0.2/24 , 10.0.0.3/24, ], }\n",
        eth0 -> eth0.withAddresses(addresses("10.0.0.3/24", "10.0.0.4/24")),
        "network:\n  ethernets:\n    eth0: { addresses: [ 10.0.0.3/24, 10.0.0.4/24, ], }\n");
    changes(
        "network:\n  ethernets:\n    eth0: {}\n",
        eth0 -> eth0.withDhcp(dhcp4(true)),
        "network:\n  ethernets:\n    eth0: {dhcp4: yes}\n");
  }

  @Test
  void editsListsWhereTheirItemsStand() {
    String list =
        PORT
            + "      addresses:\n"
            + "      # the office\n"
            + "      - 10.0.0.2/24   # desk\n"
            + "\n"
            + "      - \"10.0.1.2/24\"\n"
            + "      # end\n"
            + "      mtu: 1500\n";
    changes(
        list,
        eth0 -> eth0.withAddresses(addresses("10.0.0.2/24", "10.0.2.2/24", "10.0.1.2/24")),
        list.replace("# desk\n", "# desk\n      - 10.0.2.2/24\n"));
    changes(
        list,
        eth0 -> eth0.withAddresses(addresses("10.0.1.2/24")),
        list.replace("      - 10.0.0.2/24   # desk\n", ""));
    changes(
        list,
        eth0 -> eth0.withAddresses(addresses("10.9.0.2/24", "10.0.0.2/24", "10.0.1.3/24")),
        list.replace("- 10.0.0.2/24 ", "- 10.9.0.2/24\n      - 10.0.0.2/24 ")
            .replace("\"10.0.1.2/24\"", "\"10.0.1.3/24\""));
    changes(list, eth0 -> eth0.withAddresses(List.of()), PORT + "      # end\n      mtu: 1500\n");
    changes(
        PORT + "      addresses:\n      - 10.0.0.2/24\n",
        eth0 -> eth0.withAddresses(List.of()),
        "network:\n  version: 2\n  ethernets:\n    eth0: {}\n");
  }

  @Test
  void replacesRoutesAndNameServersAndDropsWhatSaysNothing() {
    String text =
        PORT
            + "      addresses: [10.0.0.2/24]\n"
            + "      gateway4: 10.0.0.1 # old\n"
            + "      nameservers:\n"
            + "        addresses:\n"
            + "          - 10.0.0.1\n"
            + "      routes:\n"
            + "        - to: 10.1.0.0/16\n"
            + "          via: 10.0.0.9\n"
            + "          metric: 7 # x\n"
            + "        - {to: 10.2.0.0/16, via: 10.0.0.9}\n";
    changes(
        text,
        eth0 ->
            eth0.withRoutes(
                    List.of(Route.defaultVia(new IpAddress("10.0.0.1")), eth0.routes().get(1)))
                .withNameServers(NameServers.NONE),
        PORT
            + "      addresses: [10.0.0.2/24]\n"
            + "      routes:\n"
            + "        - {to: 0.0.0.0/0, via: 10.0.0.1} # x\n"
            + "        - {to: 10.2.0.0/16, via: 10.0.0.9}\n");
    changes(
        text,
        eth0 ->
            eth0.withNameServers(
                new NameServers(
                    List.of(new IpAddress("10.0.0.1"), new IpAddress("fd00::1")), List.of("lan"))),
        text.replace(
            "          - 10.0.0.1\n",
            "          - 10.0.0.1\n          - \"fd00::1\"\n        search: [lan]\n"));
  }

  @Test
  void keepsUnknownKeysCommentsIndentationAndLineEnds() {
    String text =
        "# mine\r\nnetwork:\r\n    version: 2\r\n    ethernets:\r\n        eth0:\r\n"
            + "            # why\r\n            dhcp4-overrides:\r\n"
            + "                use-dns: false\r\n"
            + "            activation-mode: manual\r\n"
            + "# end\r\n";
    changes(
        text,
        eth0 -> eth0.withDhcp(new Dhcp(true, false, "mac", 200L, null)),
        text.replace(
                "use-dns: false\r\n", "use-dns: false\r\n                route-metric: 200\r\n")
            .replace(
                "manual\r\n",
                "manual\r\n            dhcp4: true\r\n            dhcp-identifier: mac\r\n"));
    changes(
        PORT + "      dhcp4: yes",
        eth0 -> eth0.withMtu(9000),
        PORT + "      dhcp4: yes\n      mtu: 9000\n");
  }

  @Test
  void copiesWhatAnchorsShare() {
    String text =
        PORT
            + "      addresses: &a [10.0.0.2/24]\n      optional: &yes yes\n"
            + "    eth1: &port\n      addresses: *a\n      optional: *yes\n      mtu: 1400\n"
            + "    eth2: *port\n";
    changes(
        text,
        eth0 -> eth0.withAddresses(addresses("10.0.0.3/24")),
        text.replace("[10.0.0.2/24]", "[10.0.0.3/24]").replace("*a", "[10.0.0.2/24]"));
    NetplanConfiguration now = etc(NAME, text);
    NetplanConfiguration then =
        edited(
            now,
            settings -> {
              Ethernet port = settings.ethernets().get("eth2");
              return settings.with(port.with(port.settings().withMtu(1300)));
            });
    assertThat(WayBack.body(text(then, NAME)))
        .isEqualTo(text.replace("*port", "{addresses: [10.0.0.2/24], optional: yes, mtu: 1300}"));
    assertThat(text(edited(then, settings -> now.settings()), NAME)).isEqualTo(text);
  }

  @Test
  void takesKeysThatStandTwiceAwayTwice() {
    changes(
        PORT + "      mtu: 1400\n      dhcp4: yes\n      mtu: 1500\n",
        eth0 -> eth0.withMtu(null),
        PORT + "      dhcp4: yes\n");
    changes(
        PORT + "      mtu: 1400\n      dhcp4: yes\n      mtu: 1500\n",
        eth0 -> eth0.withMtu(1300),
        PORT + "      mtu: 1400\n      dhcp4: yes\n      mtu: 1300\n");
  }

  @Test
  void fillsKeysWithoutValue() {
    NetplanConfiguration now = etc(NAME, PORT + "      mtu: # none yet\n      dhcp4: yes\n");
    assertThat(WayBack.body(text(edited(now, s -> eth0(s, eth0 -> eth0.withMtu(1400))), NAME)))
        .isEqualTo(PORT + "      mtu: 1400 # none yet\n      dhcp4: yes\n");
    changes(
        PORT + "      link-local:\n        - ipv4\n      dhcp4: yes\n",
        eth0 -> eth0.withLinkLocal(LinkLocal.NONE),
        PORT + "      link-local: []\n      dhcp4: yes\n");
  }

  @Test
  void editsTheFileThatOwnsTheValue() {
    NetplanConfiguration now =
        etc(
            "10-a.yaml", PORT + "      addresses: [10.0.0.2/24, 10.0.0.3/24]\n      mtu: 1400\n",
            "20-b.yaml", PORT + "      mtu: 1500\n      addresses: [10.0.0.3/24, 10.0.0.4/24]\n");
    NetplanConfiguration then =
        edited(
            now,
            settings ->
                eth0(
                    settings,
                    eth0 ->
                        eth0.withMtu(1300)
                            .withOptional(true)
                            .withAddresses(
                                addresses("10.0.0.2/24", "10.0.0.5/24", "10.0.0.4/24"))));
    assertThat(WayBack.body(text(then, "10-a.yaml")))
        .isEqualTo(
            PORT
                + "      addresses: [10.0.0.2/24, 10.0.0.5/24]\n      mtu: 1400\n"
                + "      optional: yes\n");
    assertThat(WayBack.body(text(then, "20-b.yaml")))
        .isEqualTo(PORT + "      mtu: 1300\n      addresses: [10.0.0.4/24]\n");
    NetplanConfiguration back = edited(then, settings -> now.settings());
    assertThat(back.files()).isEqualTo(now.files());
  }

  @Test
  void coversAFileOfThePackageAndUncoversIt() {
    NetplanConfiguration now =
        NetplanConfiguration.of(
            List.of(file(Folder.LIB, "50-vendor.yaml", PORT + "      dhcp4: yes\n")));
    NetplanConfiguration then =
        edited(now, settings -> eth0(settings, eth0 -> eth0.withDhcp(dhcp4(false))));
    assertThat(WayBack.body(text(then, "50-vendor.yaml"))).isEqualTo(PORT + "      dhcp4: no\n");
    assertThat(edited(then, settings -> now.settings()).files()).isEqualTo(now.files());
  }

  @Test
  void refusesWhatAnotherFileHides() {
    NetplanConfiguration now =
        NetplanConfiguration.of(
            List.of(
                file(Folder.ETC, NAME, PORT + "      dhcp4: no\n"),
                file(Folder.RUN, NAME, PORT + "      dhcp4: yes\n")));
    NetworkSettings wanted = eth0(now.settings(), eth0 -> eth0.withDhcp(dhcp4(false)));
    assertThatThrownBy(() -> NetplanEdit.edit(now, wanted))
        .isInstanceOf(NetplanException.class)
        .hasMessageContaining("/run/netplan/" + NAME);
  }

  @Test
  void takesFilesThatSomebodyElseRead() {
    NetplanFile vendor = file(Folder.LIB, "50-vendor.yaml", PORT + "      dhcp4: yes\n");
    assertThat(NetplanFile.of(vendor.path(), vendor.bytes())).isEqualTo(vendor);
    for (String path : List.of("/etc/x.yaml", "etc/netplan/x.yaml", "x.yaml", "", "/x.yaml")) {
      assertThatThrownBy(() -> NetplanFile.of(path, new byte[0]))
          .isInstanceOf(NetplanException.class)
          .hasMessageContaining("netplan reads");
    }
  }

  @Test
  void makesAFileWhereThereIsNoneAndTakesItAwayAgain() {
    NetplanConfiguration none = etc();
    NetplanConfiguration then =
        edited(none, settings -> Preset.FACTORY_DEFAULT.settings(settings, Map.of()));
    assertThat(WayBack.body(text(then, NAME)))
        .isEqualTo(
            """
            network:
              version: 2
              renderer: networkd
              ethernets:
                eth0:
                  dhcp4: yes
                  dhcp-identifier: mac
                  optional: yes
                eth1:
                  addresses: [192.168.150.1/24]
                  optional: yes
            """);
    NetplanConfiguration back = edited(then, settings -> NetworkSettings.EMPTY);
    assertThat(back.files()).isEmpty();
    NetplanConfiguration comments = etc(NAME, "# nothing yet");
    NetplanConfiguration filled =
        edited(comments, settings -> Preset.BOTH_DHCP.settings(settings, Map.of()));
    assertThat(text(filled, NAME)).startsWith("# nothing yet\nnetwork:\n");
    assertThat(text(edited(filled, settings -> NetworkSettings.EMPTY), NAME))
        .isEqualTo("# nothing yet");
  }

  @Test
  void putsABondIntoTheFileThatKnowsItsPorts() {
    NetplanConfiguration now =
        etc(
            NAME,
            "network:\n  version: 2\n  bonds: {}\n",
            "50-ports.yaml",
            "network:\n  ethernets:\n    eth0: {}\n    eth1: {}\n");
    NetplanConfiguration then =
        edited(
            now,
            settings ->
                settings.with(
                    new Bond(
                        "bond0",
                        InterfaceSettings.EMPTY.withDhcp(Dhcp.V4_BY_MAC),
                        List.of("eth0", "eth1"),
                        BondParameters.of(BondMode.ACTIVE_BACKUP)
                            .with(BondOption.ARP_IP_TARGETS, "10.0.0.1,10.0.0.2"))));
    assertThat(WayBack.body(text(then, "50-ports.yaml")))
        .endsWith(
            """
              bonds:
                bond0:
                  interfaces: [eth0, eth1]
                  parameters:
                    mode: active-backup
                    arp-ip-targets: [10.0.0.1, 10.0.0.2]
                  dhcp4: yes
                  dhcp-identifier: mac
            """);
    assertThat(edited(then, settings -> now.settings()).files()).isEqualTo(now.files());
  }

  @Test
  void dropsWhatIsNoLongerWantedAndKeepsOthers() {
    String text =
        """
        network:
          version: 2
          ethernets:
            eth0: {}
            eth1: {}   # spare
          bonds:
            # ours
            bond0:
              interfaces: [eth0]
              up-and-coming: 1
          vlans:
            lan.7: {id: 7, link: eth1}   # cameras
            lan.8: {id: 8, link: eth1}
        """;
    NetplanConfiguration now = etc(NAME, text);
    NetplanConfiguration then =
        edited(
            now,
            settings ->
                new NetworkSettings(
                    settings.ethernets(), Map.of(), settings.others().subList(0, 1)));
    assertThat(WayBack.body(text(then, NAME)))
        .isEqualTo(
            """
            network:
              version: 2
              ethernets:
                eth0: {}
                eth1: {}   # spare
              vlans:
                lan.7: {id: 7, link: eth1}   # cameras
            """);
    assertThat(text(edited(then, settings -> now.settings()), NAME)).isEqualTo(text);
  }

  @Test
  void returnsTheFactorysFileByteForByteAfterEveryPreset() throws IOException {
    for (String start :
        List.of(
            factory(),
            factory().replace("\n", "\r\n"),
            factory().replace("yes", "true").replace("no\n", "false\n").stripTrailing(),
            factory().replace("    eth1:", "    # port two\n\n    \"eth1\":   # laptop")
                + "  vlans:\n    v7: {id: 7, link: enp3s0}\n# bye\n",
            factory()
                .replace(
                    "addresses: [192.168.150.1/24]",
                    "addresses:\n        # me\n      - '192.168.150.1/24' # x")
                .replace(
                    "dhcp4: no",
                    "dhcp4: off\n      dhcp-identifier: mac # later\n      unknown: {a: 1}"),
            "%YAML 1.1\n---\n" + factory() + "...\n# tail\n",
            "\ufeff" + factory().replace("\n", "\r\n"),
            factory().replace("    eth1:\n", "    ? eth1\n    :\n"),
            factory()
                .replace(
                    "[192.168.150.1/24]",
                    "[\n        # me\n        192.168.150.1/24, # x\n      ]"),
            "{\"network\": {\"ethernets\": {\"eth0\": {\"dhcp4\": true, \"dhcp-identifier\": \"mac\","
                + " \"optional\": true},\n\"eth1\": {\"addresses\": [\"192.168.150.1/24\"],"
                + " \"optional\": true}}}}",
            "network: {version: 2, ethernets: {eth0: {dhcp4: yes, dhcp-identifier: mac, optional: yes},"
                + " eth1: {addresses: [192.168.150.1/24], optional: yes}}}\n")) {
      NetplanConfiguration now = etc(NAME, start);
      for (Preset preset :
          List.of(
              Preset.BOTH_DHCP,
              Preset.BOND_802_3AD,
              Preset.BOND_ACTIVE_BACKUP,
              Preset.DIRECT_CABLE,
              Preset.BOND_BALANCE_ALB,
              Preset.BOTH_DHCP)) {
        now = edited(now, settings -> preset.settings(settings, Map.of()));
        assertThat(text(now, NAME)).isNotEqualTo(start);
      }
      now = edited(now, settings -> Preset.FACTORY_DEFAULT.settings(settings, Map.of()));
      assertThat(text(now, NAME)).isEqualTo(start);
    }
  }

  @Test
  void changesNothingForWhatIsThereAlready() throws IOException {
    NetplanConfiguration now = etc(NAME, factory());
    assertThat(NetplanEdit.edit(now, now.settings())).isEmpty();
    assertThat(NetplanEdit.edit(now, Preset.FACTORY_DEFAULT.settings(now.settings(), Map.of())))
        .isEmpty();
    Optional<NetplanConfiguration> then =
        Optional.of(edited(now, settings -> Preset.BOTH_DHCP.settings(settings, Map.of())));
    assertThat(NetplanEdit.edit(then.get(), then.get().settings())).isEmpty();
  }

  @Test
  void goesOnFromAFileThatSomebodyChangedSince() throws IOException {
    NetplanConfiguration bonded =
        edited(
            etc(NAME, factory()),
            settings -> Preset.BOND_ACTIVE_BACKUP.settings(settings, Map.of()));
    NetplanConfiguration touched =
        etc(
            NAME,
            text(bonded, NAME)
                .replace(
                    "mode: active-backup\n", "mode: active-backup\n        new-key: 1 # mine\n"));
    NetplanConfiguration back =
        edited(touched, settings -> Preset.FACTORY_DEFAULT.settings(settings, Map.of()));
    assertThat(WayBack.body(text(back, NAME))).isEqualTo(factory());
  }

  @Test
  void writesAGatewayInTheOldSpellingAsARoute() {
    NetplanConfiguration now = etc(NAME, PORT + "      addresses: [10.0.0.2/24]\n");
    NetworkSettings wanted =
        etc(NAME, PORT + "      addresses: [10.0.0.2/24]\n      gateway4: 10.0.0.1\n").settings();
    assertThat(text(edited(now, settings -> wanted), NAME))
        .contains("routes: [{to: 0.0.0.0/0, via: 10.0.0.1}]")
        .doesNotContain("gateway4");
  }
}
