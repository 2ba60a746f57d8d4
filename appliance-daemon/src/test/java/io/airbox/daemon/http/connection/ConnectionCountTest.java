package io.airbox.daemon.http.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class ConnectionCountTest {
  private final ConnectionCount count = new ConnectionCount(4, 2);

  @Test
  void anAddressHasItsShareAndAllHaveOneLimit() throws Exception {
    assertThat(enter("10.0.0.1")).isTrue();
    assertThat(enter("10.0.0.1")).isTrue();
    assertThat(enter("10.0.0.1")).isFalse();
    assertThat(enter("10.0.0.2")).isTrue();
    assertThat(enter("10.0.0.3")).isTrue();
    assertThat(enter("10.0.0.4")).isFalse();

    count.leave(InetAddress.getByName("10.0.0.1"));

    assertThat(count.all()).isEqualTo(3);
    assertThat(enter("10.0.0.1")).isTrue();
  }

  @Test
  void aNetworkOf64BitsIsOneClient() throws Exception {
    assertThat(enter("fd00::1")).isTrue();
    assertThat(enter("fd00::ffff:1")).isTrue();
    assertThat(enter("fd00::2")).isFalse();
    assertThat(enter("fd00:0:0:1::2")).isTrue();
  }

  private boolean enter(String address) throws UnknownHostException {
    return count.enter(InetAddress.getByName(address));
  }
}
