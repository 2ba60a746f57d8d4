package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSocketsTest {
  @TempDir Path folder;

  @Test
  void withoutSocketsThereIsNoDaemon() {
    assertThat(new LocalSockets(List.of(folder, folder.resolve("no"))).connect()).isEmpty();
  }

  @Test
  void aSocketThatNobodyListensAtIsPassedOver() throws IOException {
    try (ServerSocketChannel left = socket("api.sock", "rw-------")) {
      assertThat(left.isOpen()).isTrue();
    }
    assertThat(folder.resolve("api.sock")).exists();
    assertThat(new LocalSockets(List.of(folder)).connect()).isEmpty();
  }

  @Test
  void theMostPowerfulOneThatOpensIsTaken() {
    try (ScriptedDaemon daemon = new ScriptedDaemon(folder, "api-operator.sock", "api-user.sock");
        DaemonClient client = new LocalSockets(List.of(folder)).connect().orElseThrow()) {
      daemon.on("GET /x", 403, new JsonObject().put("code", "FORBIDDEN"));
      assertThatThrownBy(() -> client.get("/x")).hasMessageContaining("api-operator.sock");
    }
  }

  @Test
  void whoeverMayOpenNoneIsToldTheGroups() throws IOException {
    try (ServerSocketChannel owner = socket("api.sock", "rw-------");
        ServerSocketChannel user = socket("api-user.sock", "rw-rw----")) {
      assertThat(owner.isOpen() && user.isOpen()).isTrue();
      PosixFileAttributes file =
          Files.readAttributes(folder.resolve("api.sock"), PosixFileAttributes.class);

      assertThatThrownBy(() -> new LocalSockets(List.of(folder), socket -> false).connect())
          .isInstanceOf(CommandFailure.class)
          .hasMessageContainingAll(
              folder.resolve("api.sock") + " is for user " + file.owner().getName() + " alone",
              folder.resolve("api-user.sock")
                  + " is for user "
                  + file.owner().getName()
                  + " and group "
                  + file.group().getName(),
              "usermod -aG")
          .extracting(e -> ((CommandFailure) e).exitCode())
          .isEqualTo(ExitCodes.NOT_ALLOWED);
    }
  }

  private ServerSocketChannel socket(String name, String mode) throws IOException {
    Path path = folder.resolve(name);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    return channel;
  }
}
