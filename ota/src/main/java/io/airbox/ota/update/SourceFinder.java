package io.airbox.ota.update;

import io.airbox.ota.release.Release;
import io.airbox.ota.store.FileSource;
import java.io.IOException;
import java.util.Optional;

/** Makes the source of an update from its place alone, as after a restart. */
@FunctionalInterface
public interface SourceFinder {
  /**
   * @param place as {@link FileSource#place} told it
   * @param release whose files it should have
   * @return empty when only whoever began it can tell, because it takes more than the place
   * @throws io.airbox.ota.UpdateException the place has not what was signed, or is not allowed
   * @throws IOException the place cannot be looked at now
   */
  Optional<FileSource> find(String place, Release release) throws IOException;
}
