package io.airbox.daemon.cli;

import io.airbox.daemon.Places;
import io.airbox.daemon.config.DaemonConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options that say where data and models lie, and which settings hold. */
final class StorageOptions {
  @Mixin private DataOptions data;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description =
          "Folder with model packs; may be given several times (default: the built-in packs, then"
              + " DATA/models).")
  private @Nullable List<Path> models;

  @Option(names = "--engine", paramLabel = "KIND", description = "auto, onnx or bm1684x.")
  private @Nullable String engine;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the CPU engine; 0 means one per core.")
  private @Nullable String threads;

  StorageOptions() {
    data = new DataOptions();
  }

  /**
   * Reads the settings.
   *
   * @param command what is run
   * @param more further settings of the command line, by key
   */
  DaemonConfig load(CommandSpec command, Map<String, String> more) {
    Map<String, String> flags = new LinkedHashMap<>(more);
    put(flags, "engine.kind", engine);
    put(flags, "engine.threads", threads);
    if (models != null) {
      flags.put("models.dirs", String.join(",", models.stream().map(Path::toString).toList()));
    }
    return data.load(command, flags);
  }

  private static void put(Map<String, String> flags, String key, @Nullable Object value) {
    if (value != null) {
      flags.put(key, value.toString());
    }
  }

  Places places(CommandSpec command) {
    return Places.of(load(command, Map.of()).storage());
  }
}
