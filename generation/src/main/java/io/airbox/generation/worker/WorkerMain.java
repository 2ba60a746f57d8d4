package io.airbox.generation.worker;

import io.airbox.generation.GenerationException;
import java.io.IOException;
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
    throw new GenerationException(
        GenerationException.Reason.ENGINE_FAULT, arguments.engine() + " is not built in");
  }
}
