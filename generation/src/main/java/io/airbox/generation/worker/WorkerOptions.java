package io.airbox.generation.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How to start and watch a worker process.
 *
 * @param mainClass class whose {@code main} is run; {@link WorkerMain} but in tests
 * @param arguments its arguments, see {@link WorkerMain}; {@code --socket} is added
 * @param jvmOptions options of its JVM
 * @param runFolder private folder for the socket; made with mode 0700 if it is not there
 * @param startTimeout how long the process may take to say hello
 * @param cancelTimeout how long it may take to heed a cancel before it is killed
 * @param heartbeat how often it is asked whether it lives
 * @param heartbeatTimeout how long it may owe the answer before it is killed
 * @param stallTimeout how long it may say nothing about a request before it is killed; one launch
 *     may be that long
 * @param firstBackOff wait before the first restart; doubled for each one that follows
 * @param maxBackOff longest wait before a restart
 */
public record WorkerOptions(
    String mainClass,
    List<String> arguments,
    List<String> jvmOptions,
    Path runFolder,
    Duration startTimeout,
    Duration cancelTimeout,
    Duration heartbeat,
    Duration heartbeatTimeout,
    Duration stallTimeout,
    Duration firstBackOff,
    Duration maxBackOff) {
  /**
   * A heap that starts small, for what a network holds lies outside it; but large stacks: ONNX
   * Runtime 1.29 reads its process's command line recursively when it starts, with some 256 bytes
   * of stack for each character, and overruns a smaller one (SIGSEGV).
   */
  public static final List<String> DEFAULT_JVM_OPTIONS =
      List.of("-XX:+UseSerialGC", "-Xms16m", "-Xmx512m", "-Xss4m", "-XX:+ExitOnOutOfMemoryError");

  public WorkerOptions {
    arguments = List.copyOf(arguments);
    jvmOptions = List.copyOf(jvmOptions);
    requirePositive("startTimeout", startTimeout);
    requirePositive("cancelTimeout", cancelTimeout);
    requirePositive("heartbeat", heartbeat);
    requirePositive("heartbeatTimeout", heartbeatTimeout);
    requirePositive("stallTimeout", stallTimeout);
    requirePositive("firstBackOff", firstBackOff);
    requirePositive("maxBackOff", maxBackOff);
  }

  /** How long a worker may say nothing about a request when nobody chose. */
  public static final Duration DEFAULT_STALL_TIMEOUT = Duration.ofMinutes(10);

  /**
   * The usual worker: 60 s to start, 10 s to heed a cancel, a heartbeat every 5 s that may be 30 s
   * late, 10 minutes of silence during a request, restarts after 200 ms up to 30 s.
   *
   * @param runFolder private folder for the socket
   */
  public static WorkerOptions of(EngineOptions engine, Path runFolder) {
    return new WorkerOptions(
        "io.airbox.generation.worker.WorkerMain",
        WorkerArguments.format(engine),
        DEFAULT_JVM_OPTIONS,
        runFolder,
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        DEFAULT_STALL_TIMEOUT,
        Duration.ofMillis(200),
        Duration.ofSeconds(30));
  }

  /** The same with other options of the JVM. */
  public WorkerOptions withJvmOptions(List<String> options) {
    return new WorkerOptions(
        mainClass,
        arguments,
        options,
        runFolder,
        startTimeout,
        cancelTimeout,
        heartbeat,
        heartbeatTimeout,
        stallTimeout,
        firstBackOff,
        maxBackOff);
  }

  /** The same with another limit of silence during a request. */
  public WorkerOptions withStallTimeout(Duration timeout) {
    return new WorkerOptions(
        mainClass,
        arguments,
        jvmOptions,
        runFolder,
        startTimeout,
        cancelTimeout,
        heartbeat,
        heartbeatTimeout,
        timeout,
        firstBackOff,
        maxBackOff);
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, was " + value);
    }
  }
}
