package io.airbox.generation.worker;

import io.airbox.generation.DiffusionPipeline;
import io.airbox.generation.GenerationException;
import io.airbox.generation.engine.onnx.OnnxEngine;
import io.airbox.generation.pack.FileVerifier;
import io.airbox.generation.pack.PackFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.tinylog.Logger;

/**
 * Entry point of the worker process: {@code --socket PATH --engine onnx|bm1684x|auto --models DIR
 * [--models DIR ...] --cache DIR [--threads N]}. It connects to the socket, where the daemon
 * listens, and ends when that closes. Whoever starts it (the daemon itself, or an init system) only
 * needs to name the socket.
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
    serve(parsed, () -> engine(parsed));
  }

  static void serve(WorkerArguments arguments, PictureMakerFactory factory) {
    try {
      WorkerService.run(arguments.socket(), factory);
    } catch (IOException unreachable) {
      Logger.error(unreachable.getMessage());
      System.exit(FAILED);
    }
  }

  private static PictureMakerFactory.Engine engine(WorkerArguments arguments) {
    if (arguments.engine().equals("bm1684x")) {
      throw new GenerationException(
          GenerationException.Reason.ENGINE_FAULT,
          "this version has no engine bm1684x; choose onnx or auto");
    }
    Path cache = arguments.cache();
    OnnxEngine engine =
        OnnxEngine.create(
            new OnnxEngine.Options(arguments.threads(), cache.resolve("onnxruntime")));
    DiffusionPipeline pipeline =
        new DiffusionPipeline(
            engine,
            PackFolder.open(arguments.models().toArray(Path[]::new)),
            new DiffusionPipeline.Options(
                cache.resolve("tokenizers"), new FileVerifier(cache.resolve("verified.json"))));
    return new PictureMakerFactory.Engine(engine.id(), engine.description(), pipeline);
  }
}
