package io.airbox.generation.worker;

import io.airbox.generation.DiffusionPipeline;
import io.airbox.generation.engine.Engine;
import io.airbox.generation.engine.bm1684x.Bm1684xEngine;
import io.airbox.generation.engine.onnx.OnnxEngine;
import io.airbox.generation.pack.FileVerifier;
import io.airbox.generation.pack.PackFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.tinylog.Logger;

/**
 * Entry point of the worker process: {@code --socket PATH --engine onnx|bm1684x|auto --models DIR
 * [--models DIR ...] --cache DIR [--threads N] [--sysroot DIR] [--tpu-libraries DIR]}. It connects
 * to the socket, where the daemon listens, and ends when that closes. Whoever starts it (the daemon
 * itself, or an init system) only needs to name the socket.
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
    serve(parsed, () -> open(parsed));
  }

  static void serve(WorkerArguments arguments, PictureMakerFactory factory) {
    try {
      WorkerService.run(arguments.socket(), factory);
    } catch (IOException unreachable) {
      Logger.error(unreachable.getMessage());
      System.exit(FAILED);
    }
  }

  private static PictureMakerFactory.Engine open(WorkerArguments arguments) {
    Path cache = arguments.cache();
    Engine engine = engine(arguments);
    DiffusionPipeline pipeline =
        new DiffusionPipeline(
            engine,
            PackFolder.open(arguments.models().toArray(Path[]::new)),
            new DiffusionPipeline.Options(
                cache.resolve("tokenizers"), new FileVerifier(cache.resolve("verified.json"))));
    return new PictureMakerFactory.Engine(
        engine.id(), engine.description(), pipeline, engine::retirement);
  }

  private static Engine engine(WorkerArguments arguments) {
    if (arguments.engine().equals("bm1684x")) {
      return Bm1684xEngine.open(arguments.sysroot(), arguments.tpuLibraries());
    }
    return OnnxEngine.create(
        new OnnxEngine.Options(arguments.threads(), arguments.cache().resolve("onnxruntime")));
  }
}
