package io.airbox.generation.worker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of {@link WorkerMain}.
 *
 * @param socket socket to connect to
 * @param engine {@code onnx}, {@code bm1684x} or {@code auto}
 * @param models folders with packs
 * @param cache folder for compiled or unpacked files
 * @param threads threads of the CPU engine; 0 lets it choose
 * @param sysroot what the TPU's device nodes and libraries are below; {@code /} on a box
 * @param tpuLibraries folder of the TPU's libraries; null to follow {@code
 *     /opt/sophon/libsophon-current} below {@code sysroot}
 */
record WorkerArguments(
    Path socket,
    String engine,
    List<Path> models,
    Path cache,
    int threads,
    Path sysroot,
    @Nullable Path tpuLibraries) {
  private static final String USAGE =
      "usage: --socket PATH --engine onnx|bm1684x|auto --models DIR [--models DIR ...] --cache DIR"
          + " [--threads N] [--sysroot DIR] [--tpu-libraries DIR]";

  static List<String> format(String engine, List<Path> models, Path cache, int threads) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--engine");
    arguments.add(engine);
    for (Path folder : models) {
      arguments.add("--models");
      arguments.add(folder.toString());
    }
    arguments.add("--cache");
    arguments.add(cache.toString());
    arguments.add("--threads");
    arguments.add(Integer.toString(threads));
    return arguments;
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
    int threads = 0;
    Path sysroot = Path.of("/");
    Path tpuLibraries = null;
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
        case "--threads" -> threads = requireThreads(value);
        case "--sysroot" -> sysroot = Path.of(value);
        case "--tpu-libraries" -> tpuLibraries = Path.of(value);
        default -> throw new IllegalArgumentException("unknown argument " + name + "; " + USAGE);
      }
    }
    return new WorkerArguments(
        require("--socket", socket),
        engine,
        List.copyOf(models),
        require("--cache", cache),
        threads,
        sysroot,
        tpuLibraries);
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

  private static int requireThreads(String value) {
    try {
      int threads = Integer.parseInt(value);
      if (threads >= 0) {
        return threads;
      }
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException(
          "--threads " + value + " is not a number; " + USAGE, wrong);
    }
    throw new IllegalArgumentException("--threads " + value + " is negative; " + USAGE);
  }
}
