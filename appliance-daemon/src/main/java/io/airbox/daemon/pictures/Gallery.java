package io.airbox.daemon.pictures;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pictures that somebody may see; the others are as if they were not there. Thread-safe; may
 * wait for the disk.
 */
public interface Gallery {
  /**
   * How much there is.
   *
   * @param bytes of all their files
   */
  record Size(int pictures, long bytes) {}

  /** How much there is. */
  Size size();

  /** A picture's metadata; empty when there is none of that id, or when it is unreadable. */
  Optional<StoredPicture> find(String id);

  /**
   * The pictures, newest first. Unreadable ones are left out.
   *
   * @param limit at most this many, 1…1000
   * @param before id after which to go on (the last one of the page before), or null to begin; it
   *     need not exist any more
   * @throws IllegalArgumentException {@code limit} is out of range or {@code before} is not an id
   */
  List<StoredPicture> list(int limit, @Nullable String before);

  /** A picture's PNG file; empty when there is none of that id. It may go at any time. */
  Optional<Path> file(String id);

  /**
   * The same without waiting for the disk; also empty when only the disk can tell whose the picture
   * is, as for one of an earlier run that nobody has asked for yet.
   */
  Optional<Path> fileNow(String id);

  /**
   * Deletes a picture.
   *
   * @return false when there was none of that id
   * @throws PictureStoreException {@code STORAGE_FAULT} if it cannot be deleted; it is still there
   */
  boolean delete(String id);
}
