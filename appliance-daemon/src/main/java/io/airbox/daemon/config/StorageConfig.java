package io.airbox.daemon.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where things lie. Null or empty means the place that fits the machine.
 *
 * @param data identity, state and pictures
 * @param models folders with model packs, the first wins
 */
public record StorageConfig(@Nullable Path data, List<Path> models) {

  static StorageConfig read(SettingsReader settings) {
    List<Path> data = settings.paths("data.dir");
    return new StorageConfig(data.isEmpty() ? null : data.get(0), settings.paths("models.dirs"));
  }
}
