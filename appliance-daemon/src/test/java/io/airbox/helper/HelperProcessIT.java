package io.airbox.helper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.airbox.helper.HelperException.Reason;
import io.airbox.netplan.staging.FileChange;
import io.airbox.netplan.staging.NetworkStaging;
import io.airbox.netplan.staging.StagedChange;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The helper of the distribution as real processes, one for each connection: socat does what
 * airbox-helper.socket does on a box.
 */
class HelperProcessIT {
  private static final boolean ROOT = System.getProperty("user.name").equals("root");

  @TempDir Path folder;
  private Path socket;
  private Path journal;
  private TestMachine box;
  private Process listener;

  @BeforeEach
  void start() throws Exception {
    socket = folder.resolve("helper.sock");
    journal = folder.resolve("journal");
    box = new TestMachine(folder.resolve("root"));
    listen(System.getProperty("user.name"), Map.of());
  }

  private void listen(String user, Map<String, String> environment) throws Exception {
    stop();
    Files.deleteIfExists(socket);
    Path program = Path.of(System.getProperty("airbox.root"), "appliance-daemon/target/airbox");
    Path run = folder.resolve("run");
    Files.writeString(
        run,
        String.format(
            "#!/bin/sh%nexec '%s' --sysroot '%s' --user '%s'%n",
            program.resolve("lib/airbox-helper"), box.root, user));
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
    ProcessBuilder builder =
        new ProcessBuilder(
                "/usr/bin/socat",
                "UNIX-LISTEN:" + socket + ",fork,mode=666",
                "EXEC:" + run + ",nofork")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.appendTo(journal.toFile()));
    builder.environment().putAll(environment);
    listener = builder.start();
    await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(socket));
  }

  @AfterEach
  void stop() throws Exception {
    if (listener != null) {
      listener.descendants().forEach(ProcessHandle::destroyForcibly);
      listener.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
    }
  }

  private Reply ask(ByteBuffer bytes) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      try (Wire wire = new Wire(channel)) {
        return Reply.of(wire.receive(Frame.Size.REPLY, Duration.ofSeconds(60)));
      }
    }
  }

  @Test
  void givesTheMachineANameAndSaysHow() throws Exception {
    box.write("etc/hosts", "127.0.0.1 localhost\n127.0.1.1 old\n");
    HelperClient client = new HelperClient(socket);

    List<String> planned = client.setHostname("box-7", true);
    assertThat(box.calls()).isEmpty();
    assertThat(box.text("etc/hosts")).contains("old");

    List<String> done = client.setHostname("box-7", false);
    assertThat(done).isEqualTo(planned).hasSize(3);
    assertThat(box.text("etc/hostname")).isEqualTo("box-7\n");
    assertThat(box.text("etc/hosts")).isEqualTo("127.0.0.1 localhost\n127.0.1.1\tbox-7\n");
    assertThat(box.calls())
        .containsExactly("/usr/bin/hostnamectl --no-ask-password set-hostname box-7");
    assertThat(Files.readString(journal))
        .contains(": hostname-set hostname=box-7 (dry run): done\n")
        .contains(": hostname-set hostname=box-7: done\n");
  }

  @Test
  void handsOnWhyNot() throws Exception {
    HelperClient client = new HelperClient(socket);

    HelperException refused =
        catchThrowableOfType(
            HelperException.class,
            () -> client.setTime(Instant.parse("2000-01-01T00:00:00Z"), false));
    assertThat(refused.reason()).isEqualTo(Reason.REFUSED);
    assertThat(refused.field()).isEqualTo("time");

    box.script(Program.SYSTEMD_RUN, "echo 'Failed to connect to bus' >&2; exit 1");
    HelperException failed =
        catchThrowableOfType(HelperException.class, () -> client.reboot(false));
    assertThat(failed.reason()).isEqualTo(Reason.FAILED);
    assertThat(failed).hasMessageEndingWith("systemd-run ended with 1: Failed to connect to bus");
  }

  @Test
  void refusesAnotherUser() throws Exception {
    ByteBuffer frame =
        Frame.encode(Frame.Size.REQUEST, new Request("reboot", false, new TreeMap<>()).fields());
    Reply reply;
    if (ROOT) {
      reply = askAsNobody(frame);
    } else {
      listen("root", Map.of());
      reply = ask(frame);
    }

    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Refused.class,
            refused ->
                assertThat(refused.reason()).startsWith("only root").contains("may ask, not "));
    assertThat(box.calls()).isEmpty();
  }

  private Reply askAsNobody(ByteBuffer frame) throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    Process nobody =
        new ProcessBuilder(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "/usr/bin/socat",
                "-t30",
                "-",
                "UNIX-CONNECT:" + socket)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var in = nobody.getOutputStream()) {
      in.write(frame.array());
    }
    ByteBuffer reply = ByteBuffer.wrap(nobody.getInputStream().readAllBytes());
    assertThat(nobody.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(Frame.length(Frame.Size.REPLY, reply)).isEqualTo(reply.remaining());
    return Reply.of(Frame.decode(Frame.Size.REPLY, reply));
  }

  @Test
  void malformedMessagesAreRefusedAndTheNextOneIsServed() throws Exception {
    for (ByteBuffer bytes :
        List.of(
            ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes()),
            ByteBuffer.allocate(4).putInt(-1).flip(),
            ByteBuffer.allocate(6).putInt(2).putShort((short) 9).flip(),
            Frame.encode(Frame.Size.REQUEST, List.of(Request.PROTOCOL, "reboot", "now")))) {
      assertThat(ask(bytes)).isInstanceOf(Reply.Refused.class);
    }
    assertThat(new HelperClient(socket).reboot(true)).hasSize(1);
    assertThat(box.calls()).isEmpty();
  }

  @Test
  void readsAndStagesNetplansFiles() throws Exception {
    String old = "network: {version: 2}\n";
    box.write("etc/netplan/01-netcfg.yaml", old);
    HelperClient client = new HelperClient(socket);

    byte[] read = client.networkFiles().get("/etc/netplan/01-netcfg.yaml");
    assertThat(read).asString().isEqualTo(old);
    FileChange file = FileChange.of("01-netcfg.yaml", read, "# password: x\n".getBytes(UTF_8));
    StagedChange change =
        new StagedChange(
            "abcdefghijklmnop", Duration.ofSeconds(30), List.of(file), List.of("bond0"));
    NetworkStaging staging = client.networkStaging(box.root);
    assertThat(staging.rehearse(change)).isEqualTo(staging.stage(change)).hasSize(4);

    assertThat(box.text("var/lib/airbox-network/transaction/new/01-netcfg.yaml"))
        .isEqualTo("# password: x\n");
    assertThat(box.text("etc/netplan/01-netcfg.yaml")).isEqualTo(old);
    assertThat(Files.readString(journal))
        .contains(": network-read: done\n")
        .contains("file.01-netcfg.yaml (79 bytes) links=bond0")
        .doesNotContain("password");
  }

  @Test
  void aSlowClientIsCut() throws Exception {
    assertThat(ask(ByteBuffer.wrap(new byte[] {0, 0})))
        .isEqualTo(
            new Reply.Refused(null, "the other side was too slow: a message may take 5000 ms"));
  }

  @Test
  void twoAtOnceAreBothServed() throws Exception {
    CompletableFuture<List<String>> one =
        CompletableFuture.supplyAsync(() -> new HelperClient(socket).setHostname("one", false));
    CompletableFuture<List<String>> two =
        CompletableFuture.supplyAsync(() -> new HelperClient(socket).setHostname("two", false));

    assertThat(one.get(60, TimeUnit.SECONDS)).hasSize(3);
    assertThat(two.get(60, TimeUnit.SECONDS)).hasSize(3);
    assertThat(box.text("etc/hostname")).isIn("one\n", "two\n");
    assertThat(box.calls()).hasSize(2);
  }

  @Test
  void takesNothingFromAHostileEnvironment() throws Exception {
    Path evil = Files.createDirectories(folder.resolve("evil"));
    for (String name : List.of("java", "env", "readlink", "dirname", "cd")) {
      Path program = evil.resolve(name);
      Files.writeString(program, "#!/bin/sh\necho evil >'" + folder.resolve("owned") + "'\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    listen(
        System.getProperty("user.name"),
        Map.of(
            "PATH", evil + ":/usr/bin:/bin",
            "JAVA_HOME", evil.toString(),
            "JAVA_TOOL_OPTIONS", "-XX:+NoSuchOption",
            "JDK_JAVA_OPTIONS", "--no-such-option",
            "_JAVA_OPTIONS", "-XX:+NoSuchOption",
            "CLASSPATH", evil.toString(),
            "CDPATH", "/tmp",
            "IFS", "/"));

    assertThat(new HelperClient(socket).reboot(true)).hasSize(1);
    assertThat(folder.resolve("owned")).doesNotExist();
  }
}
