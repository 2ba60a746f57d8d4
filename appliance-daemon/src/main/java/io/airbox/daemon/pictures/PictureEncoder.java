package io.airbox.daemon.pictures;

import io.airbox.generation.GeneratedPicture;

/** Makes a picture's file. */
@FunctionalInterface
interface PictureEncoder {
  byte[] encode(GeneratedPicture picture);
}
