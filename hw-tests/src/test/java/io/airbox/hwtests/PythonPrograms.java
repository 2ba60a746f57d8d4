package io.airbox.hwtests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the Python package index, in an environment of their own below {@code target}. */
public final class PythonPrograms {
  private final Path folder;

  private PythonPrograms(Path folder) {
    this.folder = folder;
  }

  /**
   * Installs what a requirements file names; once for each content of that file.
   *
   * @throws IOException the environment could not be made; its message holds what pip said
   */
  public static PythonPrograms of(Path requirements) throws IOException, InterruptedException {
    Path folder =
        Checkout.path("hw-tests/target").resolve("python-" + Checkout.digest(requirements));
    Path complete = folder.resolve("complete");
    if (!Files.exists(complete)) {
      Files.createDirectories(folder.getParent());
      run(List.of("python3", "-m", "venv", "--clear", folder.toString()));
      run(
          List.of(
              folder.resolve("bin/pip").toString(),
              "install",
              "-q",
              "--disable-pip-version-check",
              "-r",
              requirements.toString()));
      Files.createFile(complete);
    }
    return new PythonPrograms(folder);
  }

  /** The path of a program. */
  public String path(String program) {
    return folder.resolve("bin").resolve(program).toString();
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException(
          String.join(" ", command) + " failed (is python3-venv installed?):\n" + output);
    }
  }
}
