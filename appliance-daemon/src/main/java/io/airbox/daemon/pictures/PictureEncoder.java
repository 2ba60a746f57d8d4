package io.airbox.daemon.pictures;

import io.airbox.generation.GeneratedPicture;
import io.airbox.power.energy.Energy;
import java.util.Optional;

/** Makes a picture's file. */
@FunctionalInterface
interface PictureEncoder {
  byte[] encode(GeneratedPicture picture, Optional<Energy> energy);
}
