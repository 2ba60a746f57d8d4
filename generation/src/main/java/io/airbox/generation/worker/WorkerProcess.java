package io.airbox.generation.worker;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** A running worker process. Thread-safe. */
final class WorkerProcess {
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(2);
  private static final int LINES_IN_MESSAGE = 5;

  private final Process process;
  private final OutputTail output;
  private final Thread drain;
  private volatile @Nullable String killedBecause;

  private WorkerProcess(Process process) {
    this.process = process;
    String prefix = "engine[" + process.pid() + "] ";
    this.output = new OutputTail(line -> Logger.info("{}{}", prefix, line), System::nanoTime);
    this.drain = new Thread(() -> output.drain(process.getInputStream()), "engine-output");
    drain.setDaemon(true);
    drain.start();
  }

  /**
   * Starts a JVM of this JVM's kind with this JVM's class path.
   *
   * @param temporary its folder for unpacked libraries
   * @throws IOException the process cannot be started
   */
  static WorkerProcess start(WorkerOptions options, Path socket, Path temporary)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options.jvmOptions());
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add(options.mainClass());
    command.add("--socket");
    command.add(socket.toString());
    command.addAll(options.arguments());
    ProcessBuilder builder = new ProcessBuilder(command);
    // not among the arguments: see WorkerOptions.DEFAULT_JVM_OPTIONS on long command lines
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return new WorkerProcess(
        builder
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start());
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Calls back once the process has ended. */
  void onExit(Runnable action) {
    CompletableFuture<Void> unused = process.onExit().thenRun(action);
  }

  /** Kills it at once. */
  void kill(String because) {
    if (process.isAlive()) {
      killedBecause = because;
      process.destroyForcibly();
    }
  }

  /** Waits for its end, at first for {@code patience}, then asks (SIGTERM), then kills. */
  void end(Duration patience, String because) {
    if (!endsWithin(patience)) {
      killedBecause = because;
      process.destroy();
      if (!endsWithin(patience)) {
        process.destroyForcibly();
        process.onExit().join(); // nothing outlives SIGKILL
      }
    }
  }

  /** How it ended, with what it said last; only after it has ended. */
  String obituary() {
    joinOutput();
    String why = killedBecause;
    StringBuilder text = new StringBuilder("the engine's process (pid " + pid() + ") ");
    text.append(
        why == null ? ExitStatus.describe(process.exitValue()) : "was killed because " + why);
    List<String> last = output.last();
    if (!last.isEmpty()) {
      text.append("; it said last: ");
      text.append(
          String.join(
              " | ", last.subList(Math.max(0, last.size() - LINES_IN_MESSAGE), last.size())));
    }
    return text.toString();
  }

  private boolean endsWithin(Duration time) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + time.toNanos();
    try {
      while (true) {
        try {
          return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void joinOutput() {
    try {
      drain.join(LAST_OUTPUT.toMillis());
    } catch (InterruptedException stopWaiting) {
      Thread.currentThread().interrupt();
    }
  }
}
