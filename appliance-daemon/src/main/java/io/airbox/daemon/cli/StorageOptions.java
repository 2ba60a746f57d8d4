package io.airbox.daemon.cli;

import io.airbox.daemon.Places;
import io.airbox.daemon.config.ConfigLoader;
import io.airbox.daemon.config.DaemonConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say where data and models lie, and which settings hold. */
final class StorageOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings; else /etc/airbox/airbox.properties if it is there.")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "State and pictures (default: /data/airbox on an AirBox, else ~/.airbox).")
  private @Nullable Path data;

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

  /**
   * Reads the settings.
   *
   * @param more further settings of the command line, by key
   */
  DaemonConfig load(Map<String, String> more) {
    Map<String, String> flags = new LinkedHashMap<>(more);
    put(flags, "data.dir", data);
    put(flags, "engine.kind", engine);
    put(flags, "engine.threads", threads);
    if (models != null) {
      flags.put("models.dirs", String.join(",", models.stream().map(Path::toString).toList()));
    }
    return new ConfigLoader(System.getenv()).load(config, flags);
  }

  private static void put(Map<String, String> flags, String key, @Nullable Object value) {
    if (value != null) {
      flags.put(key, value.toString());
    }
  }

  Places places() {
    return Places.of(load(Map.of()).storage());
  }
}
