package io.airbox.daemon.pictures;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Ownership of a DATA folder by one process, held until closed or the process ends, however it
 * ends.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
public final class DataLock implements AutoCloseable {
  /**
   * Takes the lock on {@code DATA/lock}; makes the folder if it is not there.
   *
   * @throws DataLockedException another process has it
   * @throws PictureStoreException {@code STORAGE_FAULT} if the file cannot be made
   */
  public static DataLock acquire(Path data, InstantSource clock) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
