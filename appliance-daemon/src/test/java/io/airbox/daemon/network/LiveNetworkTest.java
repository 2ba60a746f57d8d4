package io.airbox.daemon.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.network.LiveInterface.Kind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A recorded box: two ports in a bond, a VLAN on it, a port by itself. */
class LiveNetworkTest {
  @TempDir Path root;

  @BeforeEach
  void record() throws IOException {
    port("lo", 1, "type", "772", "flags", "0x9", "mtu", "65536");
    port("eth0", 2, "type", "1", "flags", "0x1803", "carrier", "1", "speed", "1000");
    write("sys/class/net/eth0/duplex", "full\n");
    port("eth1", 3, "type", "1", "flags", "0x1003", "carrier", "0", "speed", "-1");
    write("sys/class/net/eth1/duplex", "unknown\n");
    port("eth2", 4, "type", "1", "flags", "0x1002", "mtu", "9000");
    port("bond0", 5, "type", "1", "flags", "0x1403", "carrier", "1", "speed", "1000");
    write("sys/class/net/bond0/bonding/mode", "802.3ad 4\n");
    port("bond0.7", 6, "type", "1", "flags", "0x1003", "carrier", "1");
    write("sys/class/net/bond0.7/uevent", "DEVTYPE=vlan\nINTERFACE=bond0.7\n");
    for (String each : List.of("eth0", "eth1", "eth2")) {
      Files.createDirectories(root.resolve("sys/class/net/" + each + "/device"));
    }
    for (String each : List.of("eth0", "eth1")) {
      Files.createSymbolicLink(
          root.resolve("sys/class/net/" + each + "/master"), Path.of("../bond0"));
      write("sys/class/net/" + each + "/bonding_slave/ad_actor_oper_port_state", "61\n");
    }
    write("sys/class/net/eth0/bonding_slave/ad_partner_oper_port_state", "61\n");
    write("sys/class/net/eth1/bonding_slave/ad_partner_oper_port_state", "1\n");
    write(
        "proc/net/bonding/bond0",
        """
        Ethernet Channel Bonding Driver: v5.10.0-30-amd64

        Bonding Mode: IEEE 802.3ad Dynamic link aggregation
        Transmit Hash Policy: layer3+4 (1)
        MII Status: up
        MII Polling Interval (ms): 100

        802.3ad info
        LACP rate: fast
        Min links: 0
        Active Aggregator Info:
        \tAggregator ID: 1
        \tPartner Mac Address: 02:11:22:33:44:55

        Slave Interface: eth0
        MII Status: up
        Speed: 1000 Mbps
        Duplex: full
        Link Failure Count: 2
        Permanent HW addr: 52:54:00:00:00:01
        Aggregator ID: 1
        details partner lacp pdu:
            port state: 61

        Slave Interface: eth1
        MII Status: down
        Speed: Unknown
        Duplex: Unknown
        Link Failure Count: 0
        Aggregator ID: 2
        """);
    write(
        "run/systemd/netif/leases/5",
        """
        # This is private data. Do not parse.
        ADDRESS=192.168.1.57
        NETMASK=255.255.255.0
        ROUTER=192.168.1.1
        SERVER_ADDRESS=192.168.1.1
        LIFETIME=86400
        DNS=192.168.1.1 1.1.1.1
        NTP=192.168.1.1
        DOMAINNAME=lan
        """);
    write(
        "run/systemd/resolve/resolv.conf",
        "# made\nnameserver 192.168.1.1\nnameserver 1.1.1.1\nsearch lan home\noptions x\n");
    write(
        IpProgram.RECORDED + "/addr.json",
        """
        [{},{"ifindex":5,"ifname":"bond0","flags":["UP"],"mtu":1500,"addr_info":[
          {"family":"inet","local":"192.168.1.57","prefixlen":24,"scope":"global","dynamic":true,"valid_life_time":86000},
          {"family":"inet6","local":"fe80::1","prefixlen":64,"scope":"link","valid_life_time":4294967295}]},
         {"ifindex":9,"ifname":"tun0","flags":["UP"],"mtu":1400,"addr_info":[]}]
        """);
    write(
        IpProgram.RECORDED + "/4-route.json",
        """
        [{"dst":"default","gateway":"192.168.1.1","dev":"bond0","protocol":"dhcp","metric":100},
         {"dst":"192.168.1.0/24","dev":"bond0","protocol":"kernel"}]
        """);
  }

  private void port(String name, int index, String... values) throws IOException {
    write("sys/class/net/" + name + "/ifindex", index + "\n");
    write("sys/class/net/" + name + "/address", "52:54:00:00:00:0" + index + "\n");
    for (int i = 0; i < values.length; i += 2) {
      write("sys/class/net/" + name + "/" + values[i], values[i + 1] + "\n");
    }
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private LiveNetwork.Snapshot read() {
    return new LiveNetwork(root).read();
  }

  private LiveInterface one(String name) {
    return read().interfaces().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void interfacesAreToldInTheKernelsOrder() {
    assertThat(read().interfaces())
        .extracting(LiveInterface::name)
        .containsExactly("lo", "eth0", "eth1", "eth2", "bond0", "bond0.7", "tun0");
    assertThat(read().interfaces())
        .extracting(LiveInterface::kind)
        .containsExactly(
            Kind.LOOPBACK, Kind.PORT, Kind.PORT, Kind.PORT, Kind.BOND, Kind.VLAN, Kind.VIRTUAL);
  }

  @Test
  void whatAPortDoesNotTellIsUnknown() {
    LiveInterface eth0 = one("eth0");
    assertThat(eth0.speed()).hasValue(1000);
    assertThat(eth0.duplex()).isEqualTo("full");
    assertThat(eth0.master()).isEqualTo("bond0");
    LiveInterface eth1 = one("eth1");
    assertThat(eth1.carrier()).contains(false);
    assertThat(eth1.speed()).isEmpty();
    assertThat(eth1.duplex()).isNull();
    LiveInterface eth2 = one("eth2");
    assertThat(eth2.up()).contains(false);
    assertThat(eth2.carrier()).as("a port that is switched off has none").isEmpty();
    assertThat(eth2.mtu()).hasValue(9000);
    assertThat(eth2.lease()).isEmpty();
  }

  @Test
  void aBondTellsWhoHasAgreedWithTheSwitch() {
    LiveInterface.LiveBond bond = one("bond0").bond().orElseThrow();
    assertThat(bond.mode()).isEqualTo("802.3ad");
    assertThat(bond.monitorMillis()).hasValue(100);
    assertThat(bond.lacpRate()).isEqualTo("fast");
    assertThat(bond.hashPolicy()).isEqualTo("layer3+4");
    assertThat(bond.partner()).isEqualTo("02:11:22:33:44:55");
    LiveInterface.Member eth0 = bond.members().get(0);
    LiveInterface.Member eth1 = bond.members().get(1);
    assertThat(eth0.link()).contains(true);
    assertThat(eth0.failures()).hasValue(2);
    assertThat(eth0.speed()).hasValue(1000);
    assertThat(eth0.bundled()).contains(true);
    assertThat(eth1.link()).contains(false);
    assertThat(eth1.speed()).isEmpty();
    assertThat(eth1.bundled()).contains(false);
    assertThat(eth1.aggregator()).hasValue(2);
  }

  @Test
  void aBondWithoutAReportIsKnownByItsPorts() throws IOException {
    Files.delete(root.resolve("proc/net/bonding/bond0"));
    write("sys/class/net/bond0/bonding/slaves", "eth0 eth1\n");

    LiveInterface.LiveBond bond = one("bond0").bond().orElseThrow();

    assertThat(bond.mode()).isEqualTo("802.3ad");
    assertThat(bond.members())
        .extracting(LiveInterface.Member::name)
        .containsExactly("eth0", "eth1");
    assertThat(bond.members().get(0).link()).isEmpty();
    assertThat(bond.active()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "fault-tolerance (active-backup),active-backup,eth1",
    "fault-tolerance (active-backup) (fail_over_mac active),active-backup,eth1",
    "adaptive load balancing,balance-alb,eth1",
    "load balancing (xor),balance-xor,None",
    "something new,something new,None"
  })
  void everyModeHasNetplansName(String kernel, String mode, String active) throws IOException {
    write(
        "proc/net/bonding/bond0",
        "Bonding Mode: " + kernel + "\nCurrently Active Slave: " + active + "\n");

    LiveInterface.LiveBond bond = one("bond0").bond().orElseThrow();

    assertThat(bond.mode()).isEqualTo(mode);
    assertThat(bond.active()).isEqualTo(active.equals("None") ? null : active);
  }

  @Test
  void addressesRoutesLeasesAndServersAreTold() {
    LiveNetwork.Snapshot now = read();
    LiveInterface bond = one("bond0");
    assertThat(bond.addresses().get(0).dynamic()).isTrue();
    assertThat(bond.addresses().get(0).seconds()).hasValue(86000);
    assertThat(bond.addresses().get(1).seconds()).isEmpty();
    LiveInterface.Lease lease = bond.lease().orElseThrow();
    assertThat(lease.nameServers()).containsExactly("192.168.1.1", "1.1.1.1");
    assertThat(lease.server()).isEqualTo("192.168.1.1");
    assertThat(lease.seconds()).hasValue(86400);
    assertThat(now.routes().get(0).metric()).hasValue(100);
    assertThat(now.routes().get(1).via()).isNull();
    assertThat(now.nameServers()).containsExactly("192.168.1.1", "1.1.1.1");
    assertThat(now.searchDomains()).containsExactly("lan", "home");
    assertThat(now.having("192.168.1.57").orElseThrow().name()).isEqualTo("bond0");
    assertThat(now.having("192.168.1.58")).isEmpty();
  }

  @Test
  void thisMachineKnowsItsLoopback() {
    LiveNetwork.Snapshot now = new LiveNetwork(Path.of("/")).read();

    assertThat(now.interfaces()).extracting(LiveInterface::kind).contains(Kind.LOOPBACK);
    if (now.addressesKnown()) { // else iproute2 is not installed
      assertThat(now.having("127.0.0.1").orElseThrow().kind()).isEqualTo(Kind.LOOPBACK);
    }
  }

  @Test
  void anEmptyTreeIsAnUnknownNetwork(@TempDir Path empty) throws IOException {
    LiveNetwork.Snapshot now = new LiveNetwork(empty).read();
    assertThat(now.interfaces()).isEmpty();
    assertThat(now.addressesKnown()).isFalse();
    assertThat(NetworkJson.live(now))
        .isEqualTo(
            new JsonObject()
                .put("interfaces", new JsonArray())
                .putNull("routes")
                .put("nameservers", new JsonArray())
                .put("search", new JsonArray()));

    Path file = empty.resolve(IpProgram.RECORDED + "/addr.json");
    Files.createDirectories(file.getParent());
    for (String junk : List.of("{", "[1,\"x\",null,{\"ifname\":null}]", "\u0000")) {
      Files.writeString(file, junk);
      assertThat(new LiveNetwork(empty).read().interfaces()).as(junk).isEmpty();
    }
  }
}
