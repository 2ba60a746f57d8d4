package io.airbox.hwtests.linux;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The double's image as {@code hw-tests/src/linux-double/image} builds and keeps it.
 *
 * @param folder holds {@code disk.qcow2}, {@code vmlinuz} and {@code initrd.img}; nobody writes
 *     there
 */
record LinuxImage(Path folder) {
  /**
   * Finds the image; builds it where it is missing, which takes minutes and is told on standard
   * error.
   *
   * @throws LinuxDoubleUnavailableException if it cannot be built here; the reason stands on
   *     standard error
   */
  static LinuxImage provide() {
    checkMachine();
    Path script = Checkout.path("hw-tests/src/linux-double/image");
    try {
      Process process =
          HostCommand.of(List.of("sh", script.toString()))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String folder =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int status = process.waitFor();
      if (status != 0) {
        throw new LinuxDoubleUnavailableException(
            script + " ended with status " + status + "; its messages say why");
      }
      return new LinuxImage(Path.of(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(script + " could not be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the image was built", e);
    }
  }

  private static void checkMachine() {
    String system = System.getProperty("os.name");
    String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    if (!"Linux".equals(system) || !"amd64".equals(processor)) {
      throw new LinuxDoubleUnavailableException(
          "the Linux double needs Linux on x86-64; this is " + system + " on " + processor);
    }
  }

  Path disk() {
    return folder.resolve("disk.qcow2");
  }

  Path kernel() {
    return folder.resolve("vmlinuz");
  }

  Path initrd() {
    return folder.resolve("initrd.img");
  }
}
