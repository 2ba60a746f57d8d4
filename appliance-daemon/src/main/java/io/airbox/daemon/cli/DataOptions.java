package io.airbox.daemon.cli;

import io.airbox.daemon.config.ConfigLoader;
import io.airbox.daemon.config.DaemonConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options that say where the state lies, and which settings hold. */
final class DataOptions {
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

  /**
   * Reads the settings.
   *
   * @param command what is run
   * @param more further settings of the command line, by key
   */
  DaemonConfig load(CommandSpec command, Map<String, String> more) {
    Map<String, String> flags = new LinkedHashMap<>(more);
    if (data != null) {
      flags.put("data.dir", data.toString());
    }
    return new ConfigLoader(Surroundings.of(command).environment()).load(config, flags);
  }
}
