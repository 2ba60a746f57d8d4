package io.airbox.daemon.pictures;

import io.airbox.generation.GeneratedPicture;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The gallery. Thread-safe. */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
public final class PictureStore implements PictureSink {
  /**
   * Opens the gallery in a folder, which is made if it is not there: removes what a crash left half
   * written, skips and reports what is not ours, and applies the retention.
   *
   * @param folder {@code DATA/history}
   * @throws PictureStoreException {@code STORAGE_FAULT} if the folder cannot be made or listed
   */
  public static PictureStore open(Path folder, Retention retention, InstantSource clock) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void save(String id, String job, String owner, GeneratedPicture picture) {
    throw new UnsupportedOperationException();
  }

  /** A picture's metadata; empty when there is none of that id (or it is unreadable). */
  public Optional<StoredPicture> find(String id) {
    throw new UnsupportedOperationException();
  }

  /**
   * The gallery, newest first.
   *
   * @param limit at most this many, 1…1000
   * @param before id after which to go on (the last one of the page before), or null to begin; it
   *     need not exist any more
   */
  public List<StoredPicture> list(int limit, @Nullable String before) {
    throw new UnsupportedOperationException();
  }

  /** A picture's PNG file; empty when there is none of that id. It may go at any time. */
  public Optional<Path> file(String id) {
    throw new UnsupportedOperationException();
  }

  /**
   * A picture's PNG.
   *
   * @throws PictureStoreException {@code CORRUPT} if it is there but cannot be read
   */
  public Optional<byte[]> png(String id) {
    throw new UnsupportedOperationException();
  }

  /**
   * Deletes a picture.
   *
   * @return false when there was none of that id
   * @throws PictureStoreException {@code STORAGE_FAULT} if it cannot be deleted; it is still there
   */
  public boolean delete(String id) {
    throw new UnsupportedOperationException();
  }

  /** Pictures kept. */
  public int count() {
    throw new UnsupportedOperationException();
  }

  /** Bytes of all their files. */
  public long bytes() {
    throw new UnsupportedOperationException();
  }

  /** What opening found that was not a whole picture, as sentences; empty when all was well. */
  public List<String> findings() {
    throw new UnsupportedOperationException();
  }
}
