package io.airbox.power.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.power.RecordedMachine;
import io.airbox.power.SetTicker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever any file says, probes answer, with finite values and short reasons. */
class GarbledFilesTest {
  private static Path root;
  private static List<String> files;

  @BeforeContainer
  static void copy() throws IOException {
    root = Files.createTempDirectory("garbled");
    RecordedMachine.copy("load", root);
    files = RecordedMachine.files("load");
  }

  @AfterContainer
  static void delete() throws IOException {
    try (var each = Files.walk(root)) {
      for (Path path : each.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }

  record Garbled(String file, byte[] content) {}

  /** Any bytes, or what the file says with one piece of it replaced. */
  @Provide
  Arbitrary<Garbled> garbled() {
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
    Arbitrary<String> piece =
        Arbitraries.oneOf(
            Arbitraries.of("-", "0", "0x", "\n", ":", "99999999999999999999", "NaN", "1e999", "\0"),
            Arbitraries.longs().map(String::valueOf),
            Arbitraries.strings().ascii().ofMaxLength(12));
    return Arbitraries.of(files)
        .flatMap(
            file -> {
              String text = text(file);
              Arbitrary<byte[]> mutated =
                  Combinators.combine(
                          Arbitraries.integers().between(0, text.length()),
                          Arbitraries.integers().between(0, 8),
                          piece)
                      .as((at, cut, with) -> mutate(text, at, cut, with));
              return Arbitraries.oneOf(bytes, mutated).map(content -> new Garbled(file, content));
            });
  }

  private static byte[] mutate(String text, int at, int cut, String with) {
    int end = Math.min(text.length(), at + cut);
    return (text.substring(0, at) + with + text.substring(end))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String text(String file) {
    try {
      return Files.readString(
          RecordedMachine.tree("load").resolve(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Property(tries = 300)
  void anythingIsAnswered(@ForAll("garbled") Garbled garbled) throws IOException {
    Path file = root.resolve(garbled.file());
    Files.write(file, garbled.content());
    SetTicker ticker = new SetTicker(0);
    for (Probe probe : Sensors.of(root, ticker)) {
      probe.read();
      ticker.forward(Duration.ofSeconds(2));
      for (Measurement each : probe.read().measurements()) {
        assertThat(each.id()).matches("[a-z0-9-]+(\\.[a-z0-9-]+){1,3}");
        each.value().ifPresent(value -> assertThat(value).isFinite());
        assertThat(each.reason()).hasSizeLessThan(90).matches("[ -~]*");
        assertThat(each.value().isPresent()).isEqualTo(each.reason().isEmpty());
      }
    }
    Files.writeString(file, text(garbled.file()), StandardCharsets.ISO_8859_1);
  }
}
