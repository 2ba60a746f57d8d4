package io.airbox.daemon.pictures;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.Infotext;
import io.airbox.generation.image.Png;
import java.util.Map;

/** The PNG of a picture, with the text that tells how it was made. */
final class PictureFile {
  private PictureFile() {}

  static byte[] encode(GeneratedPicture picture) {
    return Png.encode(picture.image(), Map.of(Infotext.KEYWORD, Infotext.of(picture).text()));
  }
}
