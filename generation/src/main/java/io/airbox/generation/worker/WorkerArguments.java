package io.airbox.generation.worker;

import io.airbox.generation.memory.MemoryPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of {@link WorkerMain}.
 *
 * @param socket socket to connect to
 * @param options what to run on
 */
record WorkerArguments(Path socket, EngineOptions options) {
  private static final String USAGE =
      "usage: --socket PATH --engine onnx|bm1684x|auto --models DIR [--models DIR ...] --cache DIR"
          + " [--threads N] [--sysroot DIR] [--tpu-libraries DIR] [--heap-limit BYTES]"
          + " [--headroom BYTES]";

  /** Everything but the socket. */
  static List<String> format(EngineOptions options) {
    List<String> arguments = new ArrayList<>();
    add(arguments, "--engine", options.engine());
    options.models().forEach(folder -> add(arguments, "--models", folder));
    add(arguments, "--cache", options.cache());
    add(arguments, "--threads", options.threads());
    add(arguments, "--sysroot", options.sysroot());
    Path libraries = options.tpuLibraries();
    if (libraries != null) {
      add(arguments, "--tpu-libraries", libraries);
    }
    options.memory().limitBytes().ifPresent(limit -> add(arguments, "--heap-limit", limit));
    add(arguments, "--headroom", options.memory().headroomBytes());
    return arguments;
  }

  private static void add(List<String> arguments, String name, Object value) {
    arguments.add(name);
    arguments.add(value.toString());
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException it is wrong; the message says how and shows the usage
   */
  static WorkerArguments parse(String... arguments) {
    Path socket = null;
    String engine = "auto";
    List<Path> models = new ArrayList<>();
    Path cache = null;
    long threads = 0;
    Path sysroot = Path.of("/");
    Path libraries = null;
    OptionalLong limit = OptionalLong.empty();
    long headroom = MemoryPolicy.DEFAULT_HEADROOM;
    for (int i = 0; i < arguments.length; i += 2) {
      String name = arguments[i];
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(name + " has no value; " + USAGE);
      }
      String value = arguments[i + 1];
      switch (name) {
        case "--socket" -> socket = Path.of(value);
        case "--engine" -> engine = requireEngine(value);
        case "--models" -> models.add(Path.of(value));
        case "--cache" -> cache = Path.of(value);
        case "--threads" -> threads = requireNumber(name, value, 0, Integer.MAX_VALUE);
        case "--sysroot" -> sysroot = Path.of(value);
        case "--tpu-libraries" -> libraries = Path.of(value);
        case "--heap-limit" ->
            limit = OptionalLong.of(requireNumber(name, value, 1, Long.MAX_VALUE));
        case "--headroom" -> headroom = requireNumber(name, value, 0, Long.MAX_VALUE);
        default -> throw new IllegalArgumentException("unknown argument " + name + "; " + USAGE);
      }
    }
    return new WorkerArguments(
        require("--socket", socket),
        new EngineOptions(
            engine,
            models,
            require("--cache", cache),
            (int) threads,
            sysroot,
            libraries,
            new MemoryPolicy(limit, headroom)));
  }

  private static Path require(String name, @Nullable Path value) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing; " + USAGE);
    }
    return value;
  }

  private static String requireEngine(String value) {
    return switch (value) {
      case "onnx", "bm1684x", "auto" -> value;
      default -> throw new IllegalArgumentException("--engine " + value + " is unknown; " + USAGE);
    };
  }

  private static long requireNumber(String name, String value, long least, long most) {
    long number;
    try {
      number = Long.parseLong(value);
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException(
          name + " " + value + " is not a whole number; " + USAGE, wrong);
    }
    if (number < least || number > most) {
      throw new IllegalArgumentException(
          name + " " + value + " is not within " + least + " and " + most + "; " + USAGE);
    }
    return number;
  }
}
