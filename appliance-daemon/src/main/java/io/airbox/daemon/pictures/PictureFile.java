package io.airbox.daemon.pictures;

import io.airbox.generation.GeneratedPicture;

/** The PNG of a picture, with the text that tells how it was made. */
@SuppressWarnings("DoNotCallSuggester")
final class PictureFile {
  private PictureFile() {}

  static byte[] encode(GeneratedPicture picture) {
    throw new UnsupportedOperationException(picture.toString());
  }
}
