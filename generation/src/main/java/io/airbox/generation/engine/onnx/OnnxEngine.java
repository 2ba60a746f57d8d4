package io.airbox.generation.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.Message;
import io.airbox.generation.engine.DeviceState;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.HeapState;
import io.airbox.generation.engine.MemoryNeed;
import io.airbox.generation.engine.Network;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs ONNX graphs on the CPU with ONNX Runtime, offline and without telemetry. */
public final class OnnxEngine implements Engine {
  private final OrtEnvironment environment;
  private final int threads;

  /**
   * How to run.
   *
   * @param threads threads of a network, 0 for one per physical core
   * @param nativeFolder folder to keep ONNX Runtime's libraries in, so that they are unpacked once
   *     and not at every start; null to let it use a temporary folder. The system property {@code
   *     onnxruntime.native.path}, a folder with unpacked libraries, wins over it. The first engine
   *     of a process decides
   */
  public record Options(int threads, @Nullable Path nativeFolder) {
    public Options {
      if (threads < 0 || threads > 1024) {
        throw new IllegalArgumentException("threads must be 0…1024, is " + threads);
      }
    }

    /** One thread per physical core, libraries in a temporary folder. */
    public static Options defaults() {
      return new Options(0, null);
    }
  }

  private OnnxEngine(OrtEnvironment environment, int threads) {
    this.environment = environment;
    this.threads = threads;
  }

  /**
   * Starts ONNX Runtime, or uses the one that runs in this process already.
   *
   * @throws GenerationException {@code ENGINE_FAULT} if its native library does not load
   */
  public static OnnxEngine create(Options options) {
    Path nativeFolder = options.nativeFolder();
    if (nativeFolder != null) {
      NativeLibraries.useFrom(nativeFolder);
    }
    int threads = options.threads() == 0 ? PhysicalCores.count() : options.threads();
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "airbox");
      environment.setTelemetry(false);
      return new OnnxEngine(environment, threads);
    } catch (OrtException | LinkageError | IllegalStateException e) {
      throw new GenerationException(
          Reason.ENGINE_FAULT, "ONNX Runtime does not start on this machine: " + e, e);
    }
  }

  @Override
  public String id() {
    return "onnx";
  }

  @Override
  public boolean loadsConcurrently() {
    return true;
  }

  @Override
  public String description() {
    return Message.of(
        "ONNX Runtime %s, CPU, %d thread%s",
        environment.getVersion(), threads, threads == 1 ? "" : "s");
  }

  /** Empty: what ONNX Runtime makes of a graph, the file does not tell. */
  @Override
  public Optional<MemoryNeed> need(Path file) {
    return Optional.empty();
  }

  @Override
  public List<HeapState> heaps() {
    return MachineMemory.state().stream().toList();
  }

  @Override
  public DeviceState device() {
    return DeviceState.ofLibrary(environment.getVersion());
  }

  @Override
  public Network load(Path file) {
    if (!Files.isReadable(file)) {
      throw new GenerationException(Reason.INVALID_PACK, file + " cannot be read");
    }
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OptLevel.ALL_OPT);
      configure(options);
      return new OnnxNetwork(
          environment,
          environment.createSession(file.toString(), options),
          String.valueOf(file.getFileName()),
          weightBytes(file));
    } catch (OrtException e) {
      throw failure("cannot load " + file, e, Reason.INVALID_PACK);
    }
  }

  /**
   * About what the weights take: the file, and those beside it that begin with its name, as
   * exporters call external weights ({@code model.onnx_data}).
   */
  private static long weightBytes(Path file) {
    Path folder = file.toAbsolutePath().resolveSibling("");
    String name = String.valueOf(file.getFileName());
    long bytes = 0;
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(
            folder, part -> String.valueOf(part.getFileName()).startsWith(name))) {
      for (Path part : parts) {
        bytes += Files.size(part);
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new GenerationException(Reason.INVALID_PACK, file + " cannot be read: " + e, e);
    }
    return bytes;
  }

  /**
   * Measured with the built-in pack over 200 pictures: the arena and memory patterns keep memory
   * flat and cost nothing. Threads that spin while they wait for work made a picture twice to four
   * times slower as soon as anything else ran on the machine, and a daemon always does.
   */
  private static void configure(SessionOptions options) throws OrtException {
    options.setCPUArenaAllocator(true);
    options.setMemoryPatternOptimization(true);
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    options.addConfigEntry("session.set_denormal_as_zero", "1");
  }

  static GenerationException failure(String what, OrtException cause, Reason otherwise) {
    String text = String.valueOf(cause.getMessage());
    String folded = text.toLowerCase(Locale.ROOT);
    boolean memory = folded.contains("bad_alloc") || folded.contains("failed to allocate");
    return new GenerationException(
        memory ? Reason.OUT_OF_MEMORY : otherwise, "ONNX Runtime " + what + ": " + text, cause);
  }

  /**
   * Closes nothing shared: networks are closed one by one, and ONNX Runtime stays in the process.
   */
  @Override
  public void close() {
    // the environment belongs to the process; ONNX Runtime refuses to start a second one
  }
}
