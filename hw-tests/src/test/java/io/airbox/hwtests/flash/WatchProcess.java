package io.airbox.hwtests.flash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airbox.hwtests.Checkout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** {@code airbox flash watch --json} in a process of its own. */
final class WatchProcess implements AutoCloseable {
  /** So long a step of a flash takes at most, on a machine with much else to do. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final Path errors;
  private final List<JsonNode> events = new ArrayList<>();
  private boolean ended;
  private int seen;

  private WatchProcess(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    Thread reader = new Thread(this::read, "watch-output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a watch.
   *
   * @param folder for transcripts and messages
   */
  static WatchProcess start(Path folder, Path port, String... options) throws IOException {
    Path errors = Files.createTempFile(folder, "watch", ".err");
    // in a shell's background Ctrl+C is ignored, and that would be inherited
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Checkout.path("appliance-daemon/target/airbox/bin/airbox").toString());
    command.addAll(List.of("flash", "watch", "--json", "--port", port.toString()));
    command.addAll(List.of("--keep", folder.resolve("reports").toString()));
    command.addAll(List.of(options));
    return new WatchProcess(
        new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode event = JSON.readTree(line);
        synchronized (events) {
          events.add(event);
          events.notifyAll();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      synchronized (events) {
        ended = true;
        events.notifyAll();
      }
    }
  }

  /** Waits for the next event of a kind, after those that were waited for before. */
  JsonNode await(String event) {
    return await(each -> each.path("event").asText().equals(event));
  }

  /** Waits for the next event that is meant. */
  JsonNode await(Predicate<JsonNode> meant) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    synchronized (events) {
      while (true) {
        for (; seen < events.size(); seen++) {
          if (meant.test(events.get(seen))) {
            return events.get(seen++);
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (ended || left <= 0) {
          throw new IllegalStateException("it did not happen; " + messages() + "\n" + events);
        }
        try {
          events.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted", e);
        }
      }
    }
  }

  /** What happened so far. */
  Collection<JsonNode> events() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  /** The report with which the watch ends. */
  JsonNode report() {
    return await("report");
  }

  /** The exit code, once it has ended. */
  int exitCode() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("it does not end; " + messages());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Ctrl+C. */
  void interrupt() {
    HostPrograms.run("kill", "-INT", Long.toString(process.pid()));
  }

  /** What it told people. */
  String messages() {
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
