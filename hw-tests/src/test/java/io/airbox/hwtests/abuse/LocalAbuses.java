package io.airbox.hwtests.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.airbox.hwtests.wire.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Other users of the same machine. */
final class LocalAbuses {
  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final Box box;

  LocalAbuses(Box box) {
    this.box = box;
  }

  Stream<DynamicTest> all() {
    List<String> curl =
        List.of(
            "curl",
            "--silent",
            "--show-error",
            "--unix-socket",
            box.socket("api.sock").toString(),
            "http://box/api/v1/keys");
    return Stream.of(
        dynamicTest(
            "the owner's socket opened by another user",
            () -> {
              assertThat(box.socket("api.sock").getParent())
                  .satisfies(
                      folder ->
                          assertThat(Files.getPosixFilePermissions(folder))
                              .as("the folder keeps nobody out, the socket has to")
                              .contains(PosixFilePermission.OTHERS_EXECUTE));
              assertThat(OtherUser.run(curl).output()).as("its own user").contains("\"keys\"");
              OtherUser.Ended ended = OtherUser.runAsNobody(curl);
              assertThat(ended.exit()).as("%s", ended).isEqualTo(7); // could not connect
              assertThat(ended.output()).doesNotContain("\"keys\"");
            }),
        dynamicTest(
            "sockets of roles that have no group",
            () -> {
              assertThat(box.socket("api-operator.sock")).doesNotExist();
              assertThat(box.socket("api-user.sock")).doesNotExist();
            }),
        dynamicTest(
            "what the box keeps read by another user",
            () -> {
              List<Path> open = openFiles();
              assertThat(open).as("files below DATA that others may read or write").isEmpty();
            }),
        dynamicTest(
            "malformed requests on the owner's socket",
            () -> {
              for (String text :
                  List.of(
                      "\0\0\0\1x\r\n\r\n",
                      "GET /%zz HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n",
                      "POST /api/v1/keys HTTP/1.1\r\nHost: box\r\nConnection: close\r\n"
                          + "Content-Length: 9\r\n\r\n{\"name\":}")) {
                try (Wire wire = Wire.unix(box.socket("api.sock"))) {
                  wire.say(text);
                  wire.answer().has(400);
                }
              }
            }));
  }

  /** Files with secrets that are not for the daemon's user alone. */
  private List<Path> openFiles() throws IOException {
    List<Path> open = new ArrayList<>();
    int looked = 0;
    for (String folder : List.of("keys", "audit", "history")) {
      try (Stream<Path> files = Files.walk(box.data().resolve(folder))) {
        for (Path file : files.toList()) {
          looked++;
          if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
            open.add(file);
          }
        }
      }
    }
    assertThat(looked).as("files and folders with secrets").isGreaterThan(6);
    return open;
  }
}
