package io.airbox.hwtests.linux;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Programs of the machine that runs the tests. */
final class HostCommand {
  private static final String SYSTEM_FOLDERS = ":/usr/local/sbin:/usr/sbin:/sbin";

  private HostCommand() {}

  /**
   * A process to be started; finds the system's programs also where a user's PATH leaves them out.
   */
  static ProcessBuilder of(List<String> command) {
    List<String> words = new ArrayList<>(command);
    words.set(0, find(command.get(0)));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().merge("PATH", SYSTEM_FOLDERS, String::concat);
    return builder;
  }

  /** Runs a program to its end and gathers what it wrote; it is killed when it takes longer. */
  static CommandResult run(Duration within, List<String> command) {
    String line = String.join(" ", command);
    @Nullable Path output = null;
    @Nullable Path errors = null;
    try {
      output = Files.createTempFile("airbox-output", ".txt");
      errors = Files.createTempFile("airbox-errors", ".txt");
      Process process =
          of(command)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      boolean ended = false;
      try {
        ended = process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        if (!ended) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
        }
      }
      String written = Files.readString(output, StandardCharsets.UTF_8);
      String said = Files.readString(errors, StandardCharsets.UTF_8);
      if (!ended) {
        throw new IllegalStateException(
            "'" + line + "' has not ended within " + within + ":\n" + written + said);
      }
      return new CommandResult(line, process.exitValue(), written, said);
    } catch (IOException e) {
      throw new UncheckedIOException("'" + line + "' could not be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while '" + line + "' ran", e);
    } finally {
      delete(output);
      delete(errors);
    }
  }

  /** Whether we are root here. */
  static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException e) {
      throw new UncheckedIOException("who are we?", e);
    }
  }

  private static void delete(@Nullable Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String find(String program) {
    if (program.indexOf('/') >= 0) {
      return program;
    }
    for (String folder : (System.getenv("PATH") + SYSTEM_FOLDERS).split(":")) {
      Path candidate = Path.of(folder, program);
      if (Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    throw new LinuxDoubleUnavailableException(
        "the program '"
            + program
            + "' is missing; ./airbox test installs what the Linux double needs");
  }
}
