package io.airbox.hwtests.tpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Test classes in a JVM of their own, for native code may end it; the tests that it then did not
 * finish have failed, and nothing else.
 *
 * <p>Results come back through a file, for the libraries print on standard output.
 */
final class NativeProcess {
  /** How a test ended; the message is empty when it passed. */
  record Result(String test, boolean passed, String message) {}

  /** All that came of a process. */
  record Outcome(List<Result> results, int exitCode, String output) {
    /** The last lines of what it printed. */
    String lastLines() {
      List<String> lines = output.lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    /**
     * Each test of the process as one of this, and its end: 255 means that a buffer was left, other
     * codes are aborts.
     */
    Stream<DynamicTest> dynamicTests() {
      Stream<DynamicTest> tests =
          results.stream()
              .map(
                  result ->
                      dynamicTest(
                          result.test(),
                          () ->
                              assertThat(result.passed())
                                  .as(result.message() + "\n" + lastLines())
                                  .isTrue()));
      DynamicTest end =
          dynamicTest(
              "endsWithNothingLeft",
              () -> {
                assertThat(exitCode).as(lastLines()).isZero();
                assertThat(results).hasSizeGreaterThan(20);
              });
      return Stream.concat(tests, Stream.of(end));
    }
  }

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String STARTED = "started";
  private static final String PASSED = "passed";
  private static final String FAILED = "failed";

  private NativeProcess() {}

  /** Runs the tests of a class with the simulator on the loader's path. */
  static Outcome run(Simulator simulator, Class<?> tests) throws IOException {
    return run(Map.of("LD_LIBRARY_PATH", simulator.libraries().toString()), tests);
  }

  /** Runs the tests of a class. */
  static Outcome run(Map<String, String> environment, Class<?> tests) throws IOException {
    Path results = Files.createTempFile("airbox-tpu-results", ".txt");
    Path output = Files.createTempFile("airbox-tpu-output", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-Xmx256m",
              // a crash is an outcome here, not something to keep
              "-XX:-CreateCoredumpOnCrash",
              "-XX:ErrorFile=/dev/null",
              "-cp",
              System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
              NativeProcess.class.getName(),
              tests.getName(),
              results.toString());
      builder.environment().putAll(environment);
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      return new Outcome(
          read(results),
          process.exitValue(),
          Files.readString(output, StandardCharsets.ISO_8859_1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + tests.getSimpleName() + " ran", e);
    } finally {
      Files.delete(results);
      Files.delete(output);
    }
  }

  private static List<Result> read(Path file) throws IOException {
    Map<String, Result> results = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      String[] parts = line.split("\t", 3);
      results.put(
          parts[1],
          switch (parts[0]) {
            case STARTED -> new Result(parts[1], false, "the process ended during this test");
            case PASSED -> new Result(parts[1], true, "");
            default -> new Result(parts[1], false, parts[2].replace('\u0001', '\n'));
          });
    }
    return new ArrayList<>(results.values());
  }

  /** The child: a test class and the file for its results. */
  public static void main(String[] arguments) throws IOException {
    try (PrintWriter results =
        new PrintWriter(Files.newBufferedWriter(Path.of(arguments[1])), true)) {
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(DiscoverySelectors.selectClass(arguments[0]))
                  .filters(EngineFilter.includeEngines("junit-jupiter"))
                  .build(),
              new Reporter(results));
    }
  }

  private record Reporter(PrintWriter results) implements TestExecutionListener {
    @Override
    public void executionStarted(TestIdentifier test) {
      if (test.isTest()) {
        results.println(STARTED + "\t" + test.getDisplayName());
      }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
      if (passed && test.isTest()) {
        results.println(PASSED + "\t" + test.getDisplayName());
      } else if (!passed) {
        String why = result.getThrowable().map(NativeProcess::trace).orElse("no reason given");
        results.println(FAILED + "\t" + test.getDisplayName() + "\t" + why);
      }
    }
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString().replace('\n', '\u0001');
  }
}
