package io.airbox.daemon.config;

import java.time.Duration;

/**
 * How long finished pictures are kept.
 *
 * @param keepFor age after which a picture is dropped
 * @param keepBytes size of all pictures above which the oldest are dropped
 */
public record PicturesConfig(Duration keepFor, DataSize keepBytes) {

  static PicturesConfig read(SettingsReader settings) {
    return new PicturesConfig(
        Duration.ofDays(settings.integer("pictures.keep.days", 0, 36_500)),
        settings.size("pictures.keep.bytes", new DataSize(0), DataSize.parse("100000GB")));
  }
}
