package io.airbox.hwtests.fleet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A program that goes on telling things, a line each. */
final class Program implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final Path errors;
  private final List<String> lines = new ArrayList<>();
  private int seen;

  private Program(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    Thread reader = new Thread(this::read, "program-output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts one.
   *
   * @param folder for what it tells people
   */
  static Program start(Path folder, List<String> command) throws IOException {
    Path errors = Files.createTempFile(folder, "program", ".err");
    return new Program(new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (lines) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      // it was ended
    }
  }

  /** Waits for the next line that is meant, after those that were waited for before. */
  String await(String what, Predicate<String> meant) {
    return Awaitility.await()
        .alias(what)
        .atMost(PATIENCE)
        .conditionEvaluationListener(
            each -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("it has ended: " + messages());
              }
            })
        .until(() -> next(meant), each -> !each.isEmpty());
  }

  private String next(Predicate<String> meant) {
    synchronized (lines) {
      while (seen < lines.size()) {
        String line = lines.get(seen++);
        if (meant.test(line)) {
          return line;
        }
      }
    }
    return "";
  }

  /** All lines so far. */
  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** Gives it a line to read. */
  void say(String line) throws IOException {
    process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
  }

  private String messages() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
