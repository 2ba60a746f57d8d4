package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PortOwnerTest {
  @TempDir Path proc;

  @Test
  void findsTheProcessThatListens() throws IOException {
    Files.createDirectories(proc.resolve("net"));
    Files.writeString(
        proc.resolve("net/tcp"),
        """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:2327 0100007F:1234 01 00000000:00000000 00:00000000 00000000     0        0 1111 1 0
           1: 0100007F:2327 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2222 1 0
        """);
    Files.createDirectories(proc.resolve("41/fd"));
    Files.createDirectories(proc.resolve("42/fd"));
    Files.writeString(proc.resolve("42/comm"), "gradio\n");
    Files.createSymbolicLink(proc.resolve("41/fd/3"), Path.of("socket:[1111]"));
    Files.createSymbolicLink(proc.resolve("42/fd/3"), Path.of("socket:[2222]"));

    assertThat(PortOwner.of(8999, proc)).contains("gradio (pid 42)");
    assertThat(PortOwner.of(9000, proc)).isEmpty();
  }

  @Test
  void saysNothingWhereNothingIsShown() {
    assertThat(PortOwner.of(8999, proc)).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void findsThisVeryProcess() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(PortOwner.of(socket.getLocalPort()).orElseThrow())
          .contains("pid " + ProcessHandle.current().pid());
    }
  }
}
