package io.airbox.daemon.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkProbeTest {
  /** An address of TEST-NET-1 (RFC 5737), to which there is no way that answers. */
  private static final String NOBODY = "192.0.2.1";

  private static LinkProbe neighbours(String json) {
    return new LinkProbe(arguments -> Optional.of(json), silent -> false, 53);
  }

  @Test
  void aMachineThatRefusesAConnectionAnswers() {
    LinkProbe probe = new LinkProbe(arguments -> Optional.empty(), LinkProbe::connects, 53);
    assertThat(probe.gateway("127.0.0.1", "lo")).hasValue(true);
  }

  @ParameterizedTest
  @CsvSource({
    "REACHABLE, true",
    "FAILED, false",
    "INCOMPLETE, false",
    "STALE, ",
    "PERMANENT, ",
  })
  void ofASilentOneTheNeighbourTableTells(String state, Boolean answers) {
    String json = "[{},{\"dst\":\"192.0.2.1\",\"dev\":\"eth0\",\"state\":[\"" + state + "\"]}]";
    assertThat(neighbours(json).gateway(NOBODY, "eth0")).isEqualTo(Optional.ofNullable(answers));
  }

  @ParameterizedTest
  @CsvSource({"router.lan", "''", "'[{'", "256.1.1.1"})
  void whatIsNoAddressIsNotAsked(String address) {
    assertThat(neighbours("garbage").gateway(address, "eth0")).isEmpty();
    assertThat(neighbours("").nameServer(address)).isEmpty();
  }

  private static Optional<Boolean> asked(boolean own) throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> serve(server, own));
      thread.start();
      LinkProbe probe =
          new LinkProbe(arguments -> Optional.empty(), silent -> false, server.getLocalPort());
      try {
        return probe.nameServer("127.0.0.1");
      } finally {
        server.close();
        thread.join();
      }
    }
  }

  private static void serve(DatagramSocket server, boolean own) {
    byte[] query = new byte[512];
    DatagramPacket packet = new DatagramPacket(query, query.length);
    try {
      server.receive(packet);
      query[2] |= (byte) 0x80;
      // SERVFAIL is an answer too
      query[3] = 2;
      query[0] ^= own ? 0 : 1;
      server.send(packet);
    } catch (IOException e) {
      // the test is over
    }
  }

  @Test
  void aNameServerAnswersWhateverItSays() throws Exception {
    assertThat(asked(true)).hasValue(true);
    assertThat(asked(false)).as("an answer to another question").hasValue(false);
  }

  @Test
  void whereNobodyListensNobodyAnswers() throws Exception {
    int port;
    try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThat(
            new LinkProbe(arguments -> Optional.empty(), silent -> false, port)
                .nameServer("127.0.0.1"))
        .hasValue(false);
  }
}
