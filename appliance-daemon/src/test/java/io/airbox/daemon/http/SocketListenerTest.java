package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The permission of a socket's file is the credential. */
class SocketListenerTest {
  @TempDir Path folder;

  private TestDaemon start(Path sockets, String operators) throws Exception {
    return TestDaemon.start(
        folder.resolve("data"),
        Map.of("socket.dir", sockets.toString(), "socket.operator.group", operators));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private String ownGroup() throws IOException {
    return Files.readAttributes(folder, PosixFileAttributes.class).group().getName();
  }

  @Test
  void aFolderThatOthersMayEnterHoldsSocketsOfTheirGroupAndNothingElse() throws Exception {
    Path shared = Files.createDirectory(folder.resolve("run"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));

    try (TestDaemon daemon = start(shared, ownGroup())) {
      assertThat(names(shared)).containsExactly("api-operator.sock", "api.sock");
      Path operators = shared.resolve("api-operator.sock");
      assertThat(permissions(shared.resolve("api.sock"))).isEqualTo("rw-------");
      assertThat(permissions(operators)).isEqualTo("rw-rw----");
      assertThat(Files.readAttributes(operators, PosixFileAttributes.class).group().getName())
          .isEqualTo(ownGroup());
      assertThat(RawHttp.unix(operators).send("GET", "/api/v1/session", "", "").body())
          .contains("\"role\":\"operator\"")
          .contains("\"actor\":\"local-operator\"")
          .contains("\"channel\":\"socket\"");
      assertThat(daemon.places.socket()).doesNotExist();
    }
    assertThat(names(shared)).isEmpty();
  }

  @Test
  void aGroupThatIsNotThereOpensNothing() throws Exception {
    Path sockets = folder.resolve("sockets");
    try (TestDaemon daemon = start(sockets, "no-such-group-here")) {
      assertThat(names(sockets)).containsExactly("api.sock");
      assertThat(permissions(sockets)).isEqualTo("rwx------");
      assertThat(daemon.get("/healthz").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whatADeadDaemonLeftIsReplaced() throws Exception {
    Path sockets = Files.createDirectory(folder.resolve("run"));
    Files.setPosixFilePermissions(sockets, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(sockets.resolve("api.sock"), "left over");
    Files.createDirectory(sockets.resolve(".api.sock"));
    Files.writeString(sockets.resolve(".api.sock").resolve("s"), "left over");

    try (TestDaemon daemon = start(sockets, ownGroup())) {
      assertThat(RawHttp.unix(sockets.resolve("api.sock")).send("GET", "/healthz", "", "").status())
          .isEqualTo(200);
      assertThat(daemon.get("/healthz").statusCode()).isEqualTo(200);
    }
  }
}
