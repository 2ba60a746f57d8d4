package io.airbox.daemon.tls.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.daemon.tls.Fingerprint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnownBoxesTest {
  private static final Fingerprint ONE = key("11");
  private static final Fingerprint TWO = key("22");

  @TempDir Path home;

  private Path file() {
    return home.resolve(".airbox/known_boxes");
  }

  private KnownBoxes known() {
    return new KnownBoxes(file());
  }

  private static Fingerprint key(String pair) {
    return Fingerprint.parse(pair.repeat(32));
  }

  @Test
  void aBoxIsKnownByItsLastKeyUntilItIsForgotten() throws IOException {
    BoxAddress box = new BoxAddress("Box.local", 8443);
    assertThat(known().find(box)).isEmpty();
    known().remember(box, ONE);
    known().remember(box, TWO);
    known().remember(new BoxAddress("box.local", 8444), ONE);
    assertThat(known().find(box)).contains(TWO);
    assertThat(Files.readString(file()))
        .isEqualTo("box.local:8443 " + TWO + "\nbox.local:8444 " + ONE + "\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(known().forget(box)).isTrue();
    assertThat(known().forget(box)).isFalse();
    assertThat(known().find(box)).isEmpty();
  }

  @Test
  void whatAPersonWroteIsKept() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "# kitchen\n\n  [fd00::7]:443   " + "aa".repeat(32) + "\n# end");
    BoxAddress box = new BoxAddress("fd00::7", 443);
    assertThat(known().find(box)).contains(key("AA"));
    known().remember(new BoxAddress("b", 1), ONE);
    known().remember(box, TWO);
    assertThat(Files.readAllLines(file()))
        .containsExactly("# kitchen", "", "# end", "b:1 " + ONE, "[fd00::7]:443 " + TWO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"box:1", "box:1 AB:CD", "box:1 x y", "\u0000"})
  void aLineThatIsNotOneIsAnErrorAndNotANewBox(String line) throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "b:1 " + ONE + "\n" + line + "\n");
    BoxAddress box = new BoxAddress("b", 1);
    assertThatThrownBy(() -> known().find(box))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file() + ", line 2 is not \"host:port SHA-256\"");
    assertThatThrownBy(() -> known().remember(box, TWO)).isInstanceOf(IOException.class);
    assertThat(Files.readString(file())).contains("b:1 " + ONE);
  }

  @Test
  void manyAtOnceLoseNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> changes = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      BoxAddress box = new BoxAddress("box" + i, i);
      changes.add(
          threads.submit(
              () -> {
                known().remember(box, ONE);
                return known().find(box);
              }));
    }
    for (Future<?> change : changes) {
      change.get(60, TimeUnit.SECONDS);
    }
    threads.shutdown();
    assertThat(Files.readAllLines(file())).hasSize(40);
  }

  @ParameterizedTest
  @CsvSource({
    "https://Box.local:8443/x, box.local:8443",
    "https://box, box:443",
    "https://[fd00::7]:8443, [fd00::7]:8443"
  })
  void anAddressIsReadFromAUrl(URI url, String text) {
    assertThat(BoxAddress.of(url)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({"'', 1", "a b, 1", "a, 0", "a, 65536", "'[a]', 1", "'#a', 1"})
  void whatIsNoAddressIsRefused(String host, int port) {
    assertThatThrownBy(() -> new BoxAddress(host, port))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
