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
    requirePositive("firstBackOff", firstBackOff);
    requirePositive("maxBackOff", maxBackOff);
  }

  /**
   * The usual worker: 60 s to start, 10 s to heed a cancel, a heartbeat every 5 s that may be 30 s
   * late, restarts after 200 ms up to 30 s.
   *
   * @param engine {@code onnx}, {@code bm1684x} or {@code auto}
   * @param models folders with packs
   * @param cache folder for compiled or unpacked files
   * @param threads threads of the engine; 0 lets it choose
   * @param runFolder private folder for the socket
   */
  public static WorkerOptions of(
      String engine, List<Path> models, Path cache, int threads, Path runFolder) {
    return new WorkerOptions(
        "io.airbox.generation.worker.WorkerMain",
        WorkerArguments.format(engine, models, cache, threads),
        DEFAULT_JVM_OPTIONS,
        runFolder,
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofMillis(200),
        Duration.ofSeconds(30));
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, was " + value);
    }
  }
}
