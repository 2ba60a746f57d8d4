package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.airbox.daemon.access.Channel;
import io.airbox.daemon.access.Role;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntranceTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,LOOPBACK,127.0.0.1",
    "127.9.9.9,LOOPBACK,127.9.9.9",
    "::1,LOOPBACK,::1",
    "::ffff:127.0.0.1,LOOPBACK,127.0.0.1",
    "192.168.1.7,LAN,192.168.1.7",
    "::ffff:192.168.1.7,LAN,192.168.1.7",
    "fd00::7,LAN,fd00::7",
    "0.0.0.0,LAN,0.0.0.0"
  })
  void plainHttpIsJudgedByTheRemoteAddress(String remote, Channel channel, String address) {
    Entrance entrance = Entrance.http(InetAddress::isLoopbackAddress);

    assertThat(entrance.channel(from(remote))).isEqualTo(channel);
    assertThat(entrance.address(from(remote))).isEqualTo(address);
  }

  @Test
  void httpsIsTlsAlsoFromTheMachineItself() {
    assertThat(Entrance.https().channel(from("127.0.0.1"))).isEqualTo(Channel.TLS);
    assertThat(Entrance.https().role()).isNull();
  }

  @Test
  void aSocketHasNoAddressButARole() {
    HttpServerRequest request = mock();
    when(request.remoteAddress()).thenReturn(SocketAddress.domainSocketAddress("/run/api.sock"));
    Entrance entrance = Entrance.socket(Role.OPERATOR);

    assertThat(entrance.channel(request)).isEqualTo(Channel.SOCKET);
    assertThat(entrance.address(request)).isEqualTo("socket");
    assertThat(entrance.role()).isEqualTo(Role.OPERATOR);
  }

  private static HttpServerRequest from(String remote) {
    HttpServerRequest request = mock();
    when(request.remoteAddress()).thenReturn(SocketAddress.inetSocketAddress(4711, remote));
    return request;
  }
}
