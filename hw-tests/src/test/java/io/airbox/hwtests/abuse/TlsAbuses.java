package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.airbox.hwtests.wire.Request;
import io.airbox.hwtests.wire.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.DynamicTest;

/** TLS as it was twenty years ago, or not at all. */
final class TlsAbuses {
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;
  private static final int HANDSHAKE_FAILURE = 40;
  private static final int PROTOCOL_VERSION = 70;

  /** TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, which is in order. */
  private static final int MODERN = 0xc02b;

  private final Box box;
  private final InetSocketAddress port;

  TlsAbuses(Box box) {
    this.box = box;
    this.port = box.tls();
  }

  Stream<DynamicTest> all() {
    return Stream.of(
        dynamicTest(
            "TLS: what is in order is taken",
            () -> {
              assertThat(reply(ClientHello.tls12(MODERN).bytes())[0]).isEqualTo((byte) HANDSHAKE);
              box.askSecurely(box.stranger(), Request.get("/healthz")).has(200);
            }),
        alert("SSL 3.0", ClientHello.ssl3(0x002f, 0xc009), PROTOCOL_VERSION, HANDSHAKE_FAILURE),
        alert("TLS 1.0", ClientHello.tls10(0x002f, 0xc009, MODERN), PROTOCOL_VERSION),
        alert("TLS 1.1", ClientHello.tls11(0x002f, 0xc009, MODERN), PROTOCOL_VERSION),
        alert(
            "no encryption", ClientHello.tls12(0x0000, 0x0001, 0x0002, 0xc006), HANDSHAKE_FAILURE),
        alert("RC4", ClientHello.tls12(0x0004, 0x0005, 0xc007), HANDSHAKE_FAILURE),
        alert("DES and triple DES", ClientHello.tls12(0x0009, 0x000a, 0xc008), HANDSHAKE_FAILURE),
        alert("export grade", ClientHello.tls12(0x0003, 0x0008, 0x0014), HANDSHAKE_FAILURE),
        alert("nobody's certificate", ClientHello.tls12(0x0034, 0x00a6, 0xc018), HANDSHAKE_FAILURE),
        alert("no forward secrecy", ClientHello.tls12(0x009c, 0x003c, 0x002f), HANDSHAKE_FAILURE),
        alert("CBC with SHA-1", ClientHello.tls12(0xc009, 0xc00a, 0xc013), HANDSHAKE_FAILURE),
        dynamicTest(
            "TLS: plain HTTP on its port",
            () -> {
              byte[] reply =
                  reply(
                      Request.get("/api/v1/status")
                          .wire("localhost")
                          .getBytes(StandardCharsets.US_ASCII));
              assertThat(new String(reply, StandardCharsets.ISO_8859_1))
                  .doesNotContain("HTTP/1.1 2");
            }),
        dynamicTest(
            "TLS: a record longer than TLS allows",
            () -> {
              byte[] record =
                  Arrays.copyOf(new byte[] {22, 3, 1, (byte) 0xff, (byte) 0xff}, 70_000);
              byte[] reply = reply(record);
              assertThat(reply.length == 0 || reply[0] == ALERT).isTrue();
            }),
        dynamicTest("TLS: a new handshake inside a connection", this::renegotiation),
        dynamicTest("TLS: handshakes that break off and are kept open", this::truncated));
  }

  private DynamicTest alert(String what, ClientHello hello, Integer... descriptions) {
    return dynamicTest(
        "TLS: " + what,
        () -> {
          byte[] reply = reply(hello.bytes());
          assertThat(reply).as("an alert").hasSizeGreaterThanOrEqualTo(7);
          assertThat((int) reply[0]).as("record").isEqualTo(ALERT);
          assertThat((int) reply[6]).as("alert").isIn((Object[]) descriptions);
        });
  }

  /** Says bytes to the TLS port; the first seven that come back, or fewer when it hangs up. */
  private byte[] reply(byte[] bytes) throws IOException {
    try (Socket socket = Wire.socket(port, box.stranger())) {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return socket.getInputStream().readNBytes(7);
    } catch (SocketException e) {
      return new byte[0];
    }
  }

  private void renegotiation() throws IOException {
    try (Socket plain = Wire.socket(port, box.stranger());
        SSLSocket socket =
            (SSLSocket)
                box.trust()
                    .getSocketFactory()
                    .createSocket(plain, "127.0.0.1", port.getPort(), true)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.startHandshake();
      Wire wire = Wire.over(socket);
      wire.say(Request.get("/healthz").kept().wire("127.0.0.1:" + port.getPort()));
      wire.answer().has(200);
      assertThat(answersAfterAnotherHandshake(socket))
          .as("an answer after a second handshake")
          .isFalse();
    }
  }

  private boolean answersAfterAnotherHandshake(SSLSocket socket) throws IOException {
    String request = Request.get("/healthz").wire("127.0.0.1:" + port.getPort());
    try {
      socket.startHandshake();
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException e) {
      throw new AssertionError("neither an answer nor a refusal", e);
    } catch (IOException e) {
      return false; // an alert, or the end of the connection
    }
  }

  private void truncated() throws IOException {
    byte[] hello = ClientHello.tls12(MODERN).bytes();
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        Socket socket = Wire.socket(port, box.stranger());
        held.add(socket);
        socket.getOutputStream().write(hello, 0, 1 + i * (hello.length - 2) / 40);
        socket.getOutputStream().flush();
      }
      for (Socket socket : held) {
        assertThat(Wire.over(socket).rest()).isNotNull();
      }
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }
}
