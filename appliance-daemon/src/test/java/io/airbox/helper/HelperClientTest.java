package io.airbox.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.helper.HelperException.Reason;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HelperClientTest {
  @TempDir Path folder;
  private Path socket;
  private ServerSocketChannel server;
  private HelperClient client;

  @BeforeEach
  void listen() throws IOException {
    socket = folder.resolve("helper.sock");
    server =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(socket));
    client = new HelperClient(socket, Duration.ofSeconds(20));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  /** Answers one connection and tells what was asked. */
  private CompletableFuture<List<String>> answer(ByteBuffer reply) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (SocketChannel accepted = server.accept();
              Wire wire = new Wire(accepted)) {
            List<String> asked = wire.receive(Frame.Size.REQUEST, Duration.ofSeconds(20));
            while (reply.hasRemaining()) {
              accepted.write(reply);
            }
            return asked;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static HelperException failure(ThrowingCallable call) {
    return catchThrowableOfType(HelperException.class, call);
  }

  @Test
  void asksAndHandsOnTheSteps() throws Exception {
    var asked =
        answer(Frame.encode(Frame.Size.REPLY, new Reply.Done(List.of("one", "two")).fields()));

    assertThat(client.setTime(Instant.parse("2027-01-01T00:00:00Z"), true))
        .containsExactly("one", "two");
    assertThat(asked.get(20, TimeUnit.SECONDS))
        .containsExactly(Request.PROTOCOL, "time-set", "dry-run", "time", "2027-01-01T00:00:00Z");

    asked = answer(Frame.encode(Frame.Size.REPLY, new Reply.Done(List.of()).fields()));
    client.setHostname("box", false);
    assertThat(asked.get(20, TimeUnit.SECONDS))
        .containsExactly(Request.PROTOCOL, "hostname-set", "do", "hostname", "box");

    asked = answer(Frame.encode(Frame.Size.REPLY, new Reply.Done(List.of()).fields()));
    client.reboot(false);
    assertThat(asked.get(20, TimeUnit.SECONDS)).containsExactly(Request.PROTOCOL, "reboot", "do");
  }

  @Test
  void saysWhoIsAtFault() {
    answer(Frame.encode(Frame.Size.REPLY, new Reply.Refused("hostname", "is none").fields()));
    HelperException refused = failure(() -> client.setHostname("-", false));
    assertThat(refused.reason()).isEqualTo(Reason.REFUSED);
    assertThat(refused.field()).isEqualTo("hostname");
    assertThat(refused).hasMessage("hostname: is none");

    answer(Frame.encode(Frame.Size.REPLY, new Reply.Failed("write it", "disk full").fields()));
    HelperException failed = failure(() -> client.reboot(false));
    assertThat(failed.reason()).isEqualTo(Reason.FAILED);
    assertThat(failed).hasMessage("could not write it: disk full");
  }

  @Test
  void aMachineWithoutHelperIsToldSo() throws IOException {
    HelperClient none = new HelperClient(folder.resolve("none.sock"));

    assertThat(none.unavailable().orElseThrow())
        .startsWith("needs root, which only a box's airbox-helper has");
    assertThat(client.unavailable()).isEmpty();
    assertThat(failure(() -> none.reboot(false)).reason()).isEqualTo(Reason.UNAVAILABLE);

    server.close(); // the file stays, nobody listens
    assertThat(failure(() -> client.reboot(false)).reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void anAnswerThatDoesNotComeIsNotWaitedForForEver() {
    HelperClient impatient = new HelperClient(socket, Duration.ofMillis(50));

    assertThat(failure(() -> impatient.reboot(false)))
        .hasMessage(
            "airbox-helper gave no answer to reboot; what came of it says `journalctl -t"
                + " airbox-helper`");
  }

  @Test
  void aHelperThatDiesIsUnavailable() {
    answer(ByteBuffer.allocate(0));

    assertThat(failure(() -> client.reboot(false)).reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void nonsenseIsNoAnswer() {
    for (ByteBuffer nonsense :
        List.of(
            ByteBuffer.wrap(new byte[] {0}),
            ByteBuffer.wrap(new byte[] {127, 0, 0, 0}),
            Frame.encode(Frame.Size.REPLY, List.of("HTTP/1.1 200 OK")),
            Frame.encode(Frame.Size.REPLY, List.of(Request.PROTOCOL, "perhaps")))) {
      answer(nonsense);
      assertThat(failure(() -> client.reboot(false)).reason()).isEqualTo(Reason.PROTOCOL);
    }
  }
}
