package io.airbox.daemon.http;

import io.airbox.generation.image.Jpeg;
import io.airbox.generation.image.PictureReader;
import io.airbox.generation.image.Png;
import io.airbox.generation.image.RgbImage;
import java.util.Map;

/**
 * How a client wants its pictures.
 *
 * @param kind file format
 * @param quality of a JPEG, 1…100; without meaning for PNG
 */
record PictureFormat(Kind kind, int quality) {
  static final PictureFormat PNG = new PictureFormat(Kind.PNG, 100);

  enum Kind {
    PNG("png", "image/png"),
    JPEG("jpeg", "image/jpeg");

    private final String id;
    private final String mediaType;

    Kind(String id, String mediaType) {
      this.id = id;
      this.mediaType = mediaType;
    }
  }

  /** The name on the wire, which is the file name's end too. */
  String id() {
    return kind.id;
  }

  String mediaType() {
    return kind.mediaType;
  }

  /** What the gallery keeps, in this format. A JPEG does not say how it was made. */
  byte[] of(byte[] png) {
    return kind == Kind.PNG ? png : Jpeg.encode(PictureReader.read(png), quality);
  }

  byte[] encode(RgbImage image) {
    return kind == Kind.PNG ? Png.encode(image, Map.of()) : Jpeg.encode(image, quality);
  }
}
