package io.airbox.daemon.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.network.LiveInterface.Kind;
import io.airbox.daemon.network.LiveInterface.LiveAddress;
import io.airbox.daemon.network.LiveNetwork.LiveRoute;
import io.airbox.daemon.network.NetworkCheck.Peer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkCheckTest {
  private static final LiveAddress LEASED =
      new LiveAddress("192.168.1.57", 24, true, "global", OptionalLong.of(86_000));

  private final AtomicLong nanos = new AtomicLong();
  private final Arrivals arrivals = new Arrivals(nanos::get);

  private static LiveInterface port(
      String name, Kind kind, boolean carrier, @Nullable String master, LiveAddress... addresses) {
    return new LiveInterface(
        name,
        kind,
        null,
        Optional.of(true),
        Optional.of(carrier),
        OptionalInt.empty(),
        null,
        OptionalInt.empty(),
        master,
        List.of(addresses),
        Optional.empty(),
        Optional.empty());
  }

  private static LiveRoute byDefault(String via, String network) {
    return new LiveRoute("default", via, network, OptionalInt.empty(), "dhcp");
  }

  private static LiveNetwork.Snapshot network(List<LiveRoute> routes, LiveInterface... interfaces) {
    return new LiveNetwork.Snapshot(
        List.of(interfaces), routes, List.of("192.168.1.1"), List.of(), true);
  }

  /** Answers by address: those that begin with 192 do, those with 10 do not. */
  private static final class Lan implements NetworkCheck.Probe {
    @Override
    public Optional<Boolean> gateway(String address, String network) {
      return address.startsWith("fe80")
          ? Optional.empty()
          : Optional.of(address.startsWith("192.168"));
    }

    @Override
    public Optional<Boolean> nameServer(String address) {
      return gateway(address, "");
    }
  }

  private NetworkCheck check(LiveNetwork.Snapshot now) {
    return NetworkCheck.of(now, arrivals, new Lan());
  }

  private static InetAddress ip(String digits) throws UnknownHostException {
    return InetAddress.getByName(digits);
  }

  @Test
  void waysIntoTheBoxAreToldAndItsOwnPartsAreNot() {
    NetworkCheck check =
        check(
            network(
                List.of(
                    byDefault("192.168.1.1", "bond0"),
                    new LiveRoute("10.9.0.0/16", "10.0.0.9", "eth2", OptionalInt.empty(), "boot")),
                port("lo", Kind.LOOPBACK, true, null),
                port("eth0", Kind.PORT, true, "bond0"),
                port(
                    "bond0",
                    Kind.BOND,
                    true,
                    null,
                    LEASED,
                    new LiveAddress("fe80::1", 64, false, "link", OptionalLong.empty())),
                port("tun0", Kind.VIRTUAL, true, null)));
    assertThat(check.ways()).extracting(NetworkCheck.Way::name).containsExactly("bond0");
    assertThat(check.ways().get(0).addresses())
        .containsExactly(new NetworkCheck.Reached("192.168.1.57/24", true, OptionalLong.empty()));
    assertThat(check.gateways())
        .containsExactly(new Peer("192.168.1.1", "bond0", Optional.of(true)));
    assertThat(check.nameServers()).containsExactly(new Peer("192.168.1.1", "", Optional.of(true)));
    assertThat(check.passed()).isTrue();
  }

  @Test
  void whatIsAmissFails() {
    LiveInterface good = port("eth0", Kind.PORT, true, null, LEASED);
    assertThat(check(network(List.of(), good)).passed()).as("no gateway, and none needed").isTrue();
    assertThat(check(network(List.of(byDefault("10.0.0.1", "eth0")), good)).passed()).isFalse();
    assertThat(check(network(List.of(byDefault("fe80::9", "eth0")), good)).passed())
        .as("not known is not wrong")
        .isTrue();
    assertThat(check(network(List.of(), port("eth0", Kind.PORT, false, null, LEASED))).passed())
        .as("no cable")
        .isFalse();
    assertThat(check(network(List.of(), port("eth0", Kind.PORT, true, null))).passed())
        .as("no address")
        .isFalse();
  }

  @Test
  void anAddressTellsWhenItWasReached() throws Exception {
    InetAddress own = ip("192.168.1.57");
    arrivals.at(own, "192.168.1.57", ip("127.0.0.1"));
    arrivals.at(own, "192.168.1.57", own);
    assertThat(arrivals.secondsSince("192.168.1.57")).as("by the box itself").isEmpty();
    arrivals.at(own, "192.168.1.57", ip("192.168.1.9"));
    nanos.addAndGet(Duration.ofSeconds(12).toNanos());
    assertThat(
            check(network(List.of(), port("eth0", Kind.PORT, true, null, LEASED)))
                .ways()
                .get(0)
                .addresses()
                .get(0)
                .asked())
        .hasValue(12);
  }

  @Test
  void addressesWithoutEndFillNoMemory() throws Exception {
    for (int i = 0; i < 2000; i++) {
      arrivals.at(ip("192.168.1.57"), "fd00::" + i, ip("192.168.1.9"));
    }
    assertThat(arrivals.secondsSince("fd00::1")).isPresent();
    assertThat(arrivals.secondsSince("fd00::1999")).isEmpty();
  }

  @Test
  void whatARecordedTreeNamesIsNotAsked(@TempDir Path tree) {
    NetworkCheck.Probe probe = LinkProbe.of(tree);
    assertThat(probe.gateway("127.0.0.1", "lo")).isEmpty();
    assertThat(probe.nameServer("127.0.0.1")).isEmpty();
  }
}
