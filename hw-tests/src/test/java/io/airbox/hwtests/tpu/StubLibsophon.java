package io.airbox.hwtests.tpu;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A libsophon without a TPU, compiled from {@code src/libsophon} and installed below a folder as on
 * a box: heaps with books, launches that take no time, and faults on demand. It shows what the
 * vendor's simulator cannot: figures of heaps, a hung TPU, the older binary layout.
 *
 * @param root to be used as {@code --sysroot}
 * @param faults the folder for {@code TPU_STUB_FAULTS}; {@code bmlib.c} tells what may lie in it
 */
public record StubLibsophon(Path root, Path faults) {
  /**
   * Compiles it, which takes a C compiler and about a second.
   *
   * @param version {@code 0.5.1} or {@code 0.4.9}
   */
  public static StubLibsophon build(Path folder, String version) throws IOException {
    Path root = Files.createDirectories(folder.resolve("root"));
    Path faults = Files.createDirectories(folder.resolve("faults"));
    run(List.of(source("build").toString(), root.toString(), version));
    return new StubLibsophon(root, faults);
  }

  /** A file of its source. */
  static Path source(String name) {
    return Checkout.path("hw-tests/src/libsophon").resolve(name);
  }

  /** Runs a compiler. */
  static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + " failed; is gcc installed?\n" + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while libsophon was compiled", e);
    }
  }

  /** Where its two libraries lie. */
  Path libraries() throws IOException {
    return root.resolve("opt/sophon/libsophon-current").toRealPath().resolve("lib");
  }

  /** Switches a fault on. */
  public void fault(String name, String text) throws IOException {
    Files.writeString(faults.resolve(name), text);
  }

  /** Switches a fault off. */
  public void repair(String name) throws IOException {
    Files.deleteIfExists(faults.resolve(name));
  }

  /** How often a device was opened: by how many workers. */
  int openings() throws IOException {
    Path opened = faults.resolve("opened");
    return Files.exists(opened) ? Files.readAllLines(opened).size() : 0;
  }
}
