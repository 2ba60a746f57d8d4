package io.airbox.helper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SessionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static Path folder;
  private static TestMachine box;
  private static ServerSocketChannel server;
  private static UserPrincipal me;

  private final ByteArrayOutputStream journal = new ByteArrayOutputStream();

  @BeforeAll
  @BeforeContainer
  static void listen() throws IOException {
    folder = Files.createTempDirectory("airbox-session");
    box = new TestMachine(folder.resolve("root"));
    server =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(folder.resolve("socket")));
    me = Files.getOwner(folder);
  }

  @AfterAll
  @AfterContainer
  static void close() throws IOException {
    server.close();
    try (var files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  /** Serves one connection on which these bytes come, and the end of the stream if so. */
  private @Nullable Reply serve(
      Set<UserPrincipal> callers, Duration patience, boolean ends, ByteBuffer bytes)
      throws Exception {
    Session session =
        new Session(callers, box.machine, new Journal(new PrintStream(journal)), patience);
    try (SocketChannel client =
        SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("socket")))) {
      while (bytes.hasRemaining()) {
        client.write(bytes);
      }
      if (ends) {
        client.shutdownOutput();
      }
      try (SocketChannel accepted = server.accept()) {
        session.serve(accepted);
      }
      ByteBuffer reply = ByteBuffer.allocate(Frame.HEADER + Frame.Size.REQUEST.bytes());
      while (client.read(reply) >= 0) {
        continue;
      }
      if (reply.flip().remaining() == 0) {
        return null;
      }
      assertThat(Frame.length(Frame.Size.REPLY, reply)).isEqualTo(reply.remaining());
      return Reply.of(Frame.decode(Frame.Size.REPLY, reply));
    }
  }

  private @Nullable Reply ask(String verb, boolean dryRun, Map<String, String> arguments)
      throws Exception {
    Request request = new Request(verb, dryRun, new TreeMap<>(arguments));
    return serve(Set.of(me), PATIENCE, false, Frame.encode(Frame.Size.REQUEST, request.fields()));
  }

  private String journal() {
    return journal.toString(StandardCharsets.UTF_8);
  }

  @Test
  void doesWhatIsAskedAndSaysSo() throws Exception {
    assertThat(ask("hostname-set", false, Map.of("hostname", "box-9")))
        .isInstanceOfSatisfying(Reply.Done.class, done -> assertThat(done.steps()).hasSize(3));

    assertThat(box.text("etc/hostname")).isEqualTo("box-9\n");
    assertThat(journal()).isEqualTo("<6>" + me.getName() + ": hostname-set hostname=box-9: done\n");
  }

  @Test
  void aDryRunSaysTheSameAndDoesNothing() throws Exception {
    List<String> calls = box.calls();

    Reply reply = ask("reboot", true, Map.of());

    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Done.class,
            done ->
                assertThat(done.steps())
                    .singleElement()
                    .asString()
                    .startsWith("restart the machine in 2 s (runs /usr/bin/systemd-run "));
    assertThat(box.calls()).isEqualTo(calls);
    assertThat(journal()).endsWith(": reboot (dry run): done\n");
  }

  @Test
  void somebodyElseIsRefusedWithoutBeingHeard() throws Exception {
    List<String> calls = box.calls();
    Request request = new Request("reboot", false, new TreeMap<>());

    Reply reply =
        serve(Set.of(), PATIENCE, false, Frame.encode(Frame.Size.REQUEST, request.fields()));

    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Refused.class,
            refused -> assertThat(refused.reason()).endsWith("may ask, not " + me.getName()));
    assertThat(box.calls()).isEqualTo(calls);
    assertThat(journal()).startsWith("<4>" + me.getName() + ": no request: refused: ");
  }

  @Test
  void aSlowClientIsCut() throws Exception {
    Reply reply =
        serve(Set.of(me), Duration.ofMillis(50), false, ByteBuffer.wrap(new byte[] {0, 0, 0}));

    assertThat(reply)
        .isEqualTo(
            new Reply.Refused(null, "the other side was too slow: a message may take 50 ms"));
  }

  @Test
  void aClientThatSaysNothingIsLetGo() throws Exception {
    assertThat(serve(Set.of(me), PATIENCE, true, ByteBuffer.allocate(0))).isNull();
    assertThat(journal()).startsWith("<6>nothing was asked by ");
  }

  @Test
  void aRequestCannotForgeALineOfTheJournal() throws Exception {
    ask("reboot", false, Map.of("a\n<0>root: reboot: done", "\u001b[2J\u202e" + "x".repeat(9000)));

    assertThat(journal()).hasLineCount(1).hasSizeLessThan(500).doesNotContain("\u001b", "\u202e");
  }

  /** The longest answers fit: a name that long, made of what is written longest. */
  @Test
  void answersARequestAsLargeAsCanBe() throws Exception {
    assertThat(ask("reboot", false, Map.of("\n".repeat(60_000), "")))
        .isInstanceOf(Reply.Refused.class);
    assertThat(ask("\n".repeat(60_000), false, Map.of())).isInstanceOf(Reply.Refused.class);
  }

  @Property(tries = 300)
  void anyBytesAreRefusedAndNothingIsDone(@ForAll @Size(max = 60) byte[] bytes) throws Exception {
    List<String> calls = box.calls();

    Reply reply = serve(Set.of(me), PATIENCE, true, ByteBuffer.wrap(bytes));

    if (bytes.length == 0) {
      assertThat(reply).isNull();
    } else {
      assertThat(reply).isInstanceOf(Reply.Refused.class);
    }
    assertThat(box.calls()).isEqualTo(calls);
  }

  @Property(tries = 300)
  void aRequestWithAChangedByteIsDoneAsItIsOrRefused(
      @ForAll int place, @ForAll byte value, @ForAll boolean cut) throws Exception {
    Request good =
        new Request("time-set", true, new TreeMap<>(Map.of("time", "2027-01-01T00:00:00Z")));
    ByteBuffer frame = Frame.encode(Frame.Size.REQUEST, good.fields());
    int index = Math.floorMod(place, frame.limit());
    if (cut) {
      frame.limit(index);
    } else {
      frame.put(index, value);
    }
    int calls = box.calls().size();

    Reply reply = serve(Set.of(me), PATIENCE, true, frame);

    // the one program that may have run is the one that asks for the state of NTP
    assertThat(box.calls().stream().skip(calls))
        .allMatch(call -> call.startsWith("/usr/bin/timedatectl show"));
    assertThat(reply == null || reply instanceof Reply.Refused || reply instanceof Reply.Done)
        .isTrue();
  }
}
