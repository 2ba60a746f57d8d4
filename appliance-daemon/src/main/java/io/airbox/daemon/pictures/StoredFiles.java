package io.airbox.daemon.pictures;

import java.nio.file.Path;
import java.time.Instant;

/** A picture's two files. */
record StoredFiles(
    Path image, Path metadata, long imageBytes, long metadataBytes, Instant created) {
  long bytes() {
    return imageBytes + metadataBytes;
  }
}
