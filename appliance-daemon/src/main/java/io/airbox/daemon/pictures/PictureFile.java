package io.airbox.daemon.pictures;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.Infotext;
import io.airbox.generation.image.Png;
import io.airbox.power.energy.Energy;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The PNG of a picture, with the text that tells how it was made. */
final class PictureFile {
  private PictureFile() {}

  static byte[] encode(GeneratedPicture picture, Optional<Energy> energy) {
    Infotext text = Infotext.of(picture).with("Energy", energy.map(PictureFile::joules));
    Infotext whole =
        energy.isEmpty() ? text : text.with("Mean power", energy.map(PictureFile::watts));
    return Png.encode(picture.image(), Map.of(Infotext.KEYWORD, whole.text()));
  }

  private static String joules(Energy energy) {
    return String.format(Locale.ROOT, "%.1f J", energy.joules());
  }

  private static String watts(Energy energy) {
    return String.format(Locale.ROOT, "%.1f W", energy.watts());
  }
}
