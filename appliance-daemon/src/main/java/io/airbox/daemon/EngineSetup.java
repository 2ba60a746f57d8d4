package io.airbox.daemon;

import io.airbox.daemon.config.DaemonConfig;
import io.airbox.generation.worker.EngineOptions;
import io.airbox.generation.worker.EngineWorker;
import io.airbox.generation.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How processes of the engine are started on this machine. */
public record EngineSetup(DaemonConfig config, Places places) {
  /** Room that the socket of the engine's worker needs below its folder. */
  private static final int LONGEST_RUN_FOLDER = 70;

  /**
   * Starts a worker.
   *
   * @param models folders with the packs that it may load
   * @param run its own folder for the socket
   * @throws IOException the cache's folder cannot be made
   */
  public EngineWorker start(List<Path> models, Path run) throws IOException {
    Path cache = Files.createDirectories(places.data().resolve("cache"));
    WorkerOptions usual =
        WorkerOptions.of(
            new EngineOptions(
                config.engine().kind(),
                models,
                cache,
                config.engine().threads(),
                config.sysroot(),
                config.engine().tpuLibraries(),
                config.memory().policy()),
            run);
    List<String> options = new ArrayList<>(usual.jvmOptions());
    options.addAll(places.engineOptions());
    return EngineWorker.start(
        usual.withJvmOptions(options).withStallTimeout(config.engine().stallTimeout()));
  }

  /** A folder below DATA, unless that makes the path of a socket too long for the kernel. */
  public Path runFolder(String name) throws IOException {
    Path folder = places.data().resolve(name);
    return folder.toString().length() <= LONGEST_RUN_FOLDER
        ? folder
        : Files.createTempDirectory("airbox");
  }

  /**
   * The engines that a pack may have files for, the one that will run first.
   *
   * @param running which one runs now; null when nobody knows yet
   */
  public List<String> engines(@Nullable String running) {
    String kind = config.engine().kind();
    if (!kind.equals("auto")) {
      return List.of(kind);
    }
    if (running == null) {
      return List.of("onnx", "bm1684x"); // not known yet: the worker will tell if it cannot
    }
    return running.equals("onnx") ? List.of("onnx") : List.of(running, "onnx");
  }
}
