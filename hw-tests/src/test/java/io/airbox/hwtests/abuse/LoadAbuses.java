package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.airbox.hwtests.wire.Request;
import io.airbox.hwtests.wire.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Those who take what all share: connections, time, memory. */
final class LoadAbuses {
  /** How long somebody slow keeps at it; the daemon's own limits are far below. */
  private static final Duration STUBBORN = Duration.ofSeconds(30);

  private final Box box;
  private final int perAddress;
  private final int inAll;

  /**
   * Abuses of a daemon with these limits.
   *
   * @param perAddress connections that one address may have
   * @param inAll connections that all may have
   */
  LoadAbuses(Box box, int perAddress, int inAll) {
    this.box = box;
    this.perAddress = perAddress;
    this.inAll = inAll;
  }

  Stream<DynamicTest> slow() {
    return Stream.of(
        dripping(
            "headers that never end", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n", "X: a\r\n"),
        dripping(
            "headers that never end, behind a request",
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /healthz HTTP/1.1\r\nHost: localhost\r\n",
            "X: a\r\n"),
        dripping("a request line that never ends", "GET /", "a"),
        dripping(
            "a body that never ends",
            "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n",
            " "),
        dripping(
            "chunks that never end",
            "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1\r\n \r\n"),
        dripping(
            "a body that nobody asked for",
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n",
            " "),
        dripping("empty lines instead of a request", "", "\r\n"),
        dynamicTest(
            "a connection that says nothing",
            () -> {
              try (Wire wire = Wire.connect(box.plain(), box.stranger())) {
                assertThat(wire.rest()).isEmpty();
              }
            }),
        dynamicTest("replies that are asked for and never read", this::unreadReplies),
        dynamicTest("event streams that are never read", this::unreadEvents));
  }

  Stream<DynamicTest> floods() {
    return Stream.of(
        dynamicTest("more connections than one address may have", this::oneAddressFloods),
        dynamicTest("more connections than there may be", this::manyAddressesFlood),
        dynamicTest(
            "a flood of pipelined requests is answered one by one",
            () -> {
              int requests = 2000;
              try (Wire wire = Wire.connect(box.plain(), box.stranger())) {
                wire.say(
                    "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(requests - 1)
                        + Request.get("/healthz").wire(box.host()));
                assertThat(wire.answers()).hasSize(requests).allMatch(a -> a.status() == 200);
              }
            }));
  }

  /** Says a little again and again, never enough; the daemon has to hang up. */
  private DynamicTest dripping(String name, String first, String drop) {
    return dynamicTest(
        name,
        () -> {
          try (Wire wire = Wire.connect(box.plain(), box.stranger())) {
            wire.say(first);
            assertThat(hangsUpOn(wire, drop)).as("the daemon hangs up").isTrue();
          }
        });
  }

  private static boolean hangsUpOn(Wire wire, String drop) throws InterruptedException {
    long end = System.nanoTime() + STUBBORN.toNanos();
    while (System.nanoTime() < end) {
      if (!wire.say(drop)) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return false;
  }

  /** Neither may the daemon go on reading, nor may it keep the connection for ever. */
  private void unreadReplies() throws IOException, InterruptedException {
    byte[] requests =
        "GET /api/v1/packs HTTP/1.1\r\nHost: localhost\r\n\r\n"
            .repeat(1000)
            .getBytes(StandardCharsets.US_ASCII);
    try (SocketChannel channel = greedy()) {
      long taken = 0;
      long end = System.nanoTime() + STUBBORN.toNanos();
      boolean cut = false;
      ByteBuffer next = ByteBuffer.wrap(requests);
      while (!cut && System.nanoTime() < end && taken < 32 << 20) {
        try {
          if (!next.hasRemaining()) {
            next.rewind();
          }
          int written = channel.write(next);
          taken += written;
          if (written == 0) {
            TimeUnit.MILLISECONDS.sleep(50);
          }
        } catch (IOException e) {
          cut = true;
        }
      }
      assertThat(cut).as("the daemon hangs up; it took %d bytes of requests", taken).isTrue();
      assertThat(taken).as("bytes of requests").isLessThan(16 << 20);
    }
  }

  private SocketChannel greedy() throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
    channel.bind(new InetSocketAddress(InetAddress.getByName(box.stranger()), 0));
    channel.connect(box.plain());
    channel.configureBlocking(false);
    return channel;
  }

  /** They end when their job does, read or not. */
  private void unreadEvents() throws IOException, InterruptedException {
    String from = box.stranger();
    String job =
        box.ask(from, Request.post("/api/v1/jobs", "{\"prompt\":\"a red apple\",\"steps\":10}"))
            .has(202)
            .json()
            .getString("id");
    List<Wire> streams = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        Wire wire = Wire.connect(box.plain(), from);
        streams.add(wire);
        wire.say(Request.get("/api/v1/jobs/" + job + "/events").kept().wire(box.host()));
      }
      for (Wire stream : streams) {
        assertThat(hangsUpOn(stream, "\r\n")).as("the daemon hangs up").isTrue();
      }
    } finally {
      streams.forEach(Wire::close);
    }
  }

  private void oneAddressFloods() throws IOException, InterruptedException {
    List<Socket> held = new ArrayList<>();
    try {
      int refused = connect(held, box.stranger(), perAddress + 50);
      assertThat(refused + ended(held)).as("connections turned away").isEqualTo(50);
      box.ask(Request.get("/healthz")).has(200);
    } finally {
      close(held);
    }
  }

  private void manyAddressesFlood() throws IOException, InterruptedException {
    List<Socket> held = new ArrayList<>();
    try {
      int refused = 0;
      for (int tried = 0; tried < inAll + perAddress; tried += perAddress / 2) {
        refused += connect(held, box.stranger(), perAddress / 2);
      }
      assertThat(refused + ended(held)).as("connections turned away").isPositive();
    } finally {
      close(held);
    }
  }

  /** Opens connections; how many are not taken. */
  private int connect(List<Socket> held, String from, int connections) {
    int refused = 0;
    for (int i = 0; i < connections; i++) {
      try {
        held.add(Wire.socket(box.plain(), from));
      } catch (IOException e) {
        refused++;
      }
    }
    return refused;
  }

  /** How many the daemon has closed at once; the others it keeps until their time is over. */
  private static int ended(List<Socket> sockets) throws IOException, InterruptedException {
    TimeUnit.MILLISECONDS.sleep(200);
    int ended = 0;
    for (Socket socket : sockets) {
      socket.setSoTimeout(1);
      try {
        ended += socket.getInputStream().read() < 0 ? 1 : 0;
      } catch (SocketTimeoutException e) {
        // it is one of those that were taken
      } catch (IOException e) {
        ended++;
      }
    }
    return ended;
  }

  private static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
