package io.airbox.hwtests.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@LinuxDoubleTest(appliance = true, minutes = 20)
class NetworkStagingIT {
  private static final String ID = "abcdefghijklmnop";
  private static final String READY = "ready";

  private NetworkBench bench;
  private String delivered;

  @BeforeAll
  void prepare(LinuxDouble box, Lan lan, Console console) {
    bench = NetworkBench.prepare(console, lan);
    delivered = bench.file(NetworkBench.FILE);
    box.save(READY);
  }

  @AfterEach
  void startAnew(LinuxDouble box) {
    box.restore(READY);
  }

  @Test
  void aChangeThatIsKeptIsThereAfterAPowerCut(LinuxDouble box) {
    bench.stage(ID, Map.of(NetworkBench.FILE, moved()));
    bench.awaitReachable(NetworkBench.BOX_0);
    assertThat(bench.file(NetworkBench.FILE)).isEqualTo(delivered);

    bench.commit(ID);
    box.powerCut();
    box.shell();

    assertThat(bench.file(NetworkBench.FILE)).isEqualTo(moved());
    assertThat(bench.status()).startsWith("committed", ID);
    bench.awaitReachable(NetworkBench.BOX_0);
    assertThat(bench.reachable(Lan.BOX)).isFalse();
  }

  /** Another address at port 0, none at port 1. */
  private String moved() {
    return delivered
        .replaceFirst("dhcp4: yes\n      addresses: \\[]", "dhcp4: no\n      addresses: [" + NetworkBench.BOX_0 + "/24]")
        .replace("[192.168.150.1/24]", "[192.168.77.1/24]");
  }
}
