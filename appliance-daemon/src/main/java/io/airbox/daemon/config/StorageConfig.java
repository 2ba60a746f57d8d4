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
    return new StorageConfig(settings.path("data.dir"), settings.paths("models.dirs"));
  }
}
