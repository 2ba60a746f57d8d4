package io.airbox.hwtests.flash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Programs of the machine that runs the tests; also those that a user's PATH leaves out. */
final class HostPrograms {
  private HostPrograms() {}

  static ProcessBuilder of(String... command) {
    // env(1) looks the program up in the path that it was given
    ProcessBuilder builder = new ProcessBuilder("env");
    builder.command().addAll(List.of(command));
    builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
    return builder;
  }

  /** What a program prints; fails when it fails. */
  static String run(String... command) {
    try {
      Process process = of(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
