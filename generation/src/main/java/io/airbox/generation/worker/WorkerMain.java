package io.airbox.generation.worker;

import io.airbox.generation.DiffusionPipeline;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.Engines;
import io.airbox.generation.engine.bm1684x.Bm1684xEngine;
import io.airbox.generation.engine.onnx.OnnxEngine;
import io.airbox.generation.pack.FileVerifier;
import io.airbox.generation.pack.PackFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.tinylog.Logger;

/**
 * Entry point of the worker process: {@code --socket PATH --engine onnx|bm1684x|auto --models DIR
 * [--models DIR ...] --cache DIR [--threads N] [--sysroot DIR] [--tpu-libraries DIR] [--heap-limit
 * BYTES] [--headroom BYTES]}. It connects to the socket, where the daemon listens, and ends when
 * that closes. Whoever starts it (the daemon itself, or an init system) only needs to name the
 * socket.
 */
public final class WorkerMain {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private WorkerMain() {}

  /** Runs a worker; the process ends by itself. */
  public static void main(String... arguments) {
    WorkerArguments parsed;
    try {
      parsed = WorkerArguments.parse(arguments);
    } catch (IllegalArgumentException wrong) {
      Logger.error(wrong.getMessage());
      System.exit(USAGE);
      return;
    }
    serve(parsed.socket(), () -> engine(parsed.options()));
  }

  static void serve(Path socket, PictureMakerFactory factory) {
    try {
      WorkerService.run(socket, factory);
    } catch (IOException unreachable) {
      Logger.error(unreachable.getMessage());
      System.exit(FAILED);
    }
  }

  private static PictureMakerFactory.Engine engine(EngineOptions options) {
    Path cache = options.cache();
    Engines engines = new Engines(sources(options));
    Engine preferred = engines.preferred();
    DiffusionPipeline pipeline =
        new DiffusionPipeline(
            engines,
            PackFolder.open(options.models().toArray(Path[]::new)),
            new DiffusionPipeline.Options(
                cache.resolve("tokenizers"),
                new FileVerifier(cache.resolve("verified.json")),
                options.memory(),
                InstantSource.system()));
    return new PictureMakerFactory.Engine(preferred.id(), preferred.description(), pipeline);
  }

  /** The engines of a choice; of {@code auto} the TPU first, where there is one. */
  private static List<Engines.Source> sources(EngineOptions options) {
    Engines.Source cpu =
        new Engines.Source(
            "onnx",
            () ->
                OnnxEngine.create(
                    new OnnxEngine.Options(
                        options.threads(), options.cache().resolve("onnxruntime"))));
    if (options.engine().equals("onnx")) {
      return List.of(cpu);
    }
    Engine tpu;
    try {
      tpu = Bm1684xEngine.open(options.sysroot(), options.tpuLibraries());
    } catch (GenerationException unavailable) {
      // a TPU that hangs is no reason to make pictures on the CPU without a word
      if (options.engine().equals("bm1684x") || unavailable.reason() == Reason.DEVICE_HUNG) {
        throw unavailable;
      }
      Logger.info("No TPU: {}", unavailable.getMessage());
      return List.of(cpu);
    }
    Engines.Source first = new Engines.Source(tpu.id(), () -> tpu);
    return options.engine().equals("bm1684x") ? List.of(first) : List.of(first, cpu);
  }
}
