package io.airbox.daemon.config;

import io.airbox.ota.download.DownloadOptions;
import io.airbox.ota.download.QuietHours;
import java.time.ZoneId;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How models are fetched.
 *
 * @param rate most bytes a second; none for any rate
 * @param quiet hours in which nothing is fetched, by the machine's zone
 * @param plainHttp whether addresses without TLS will do
 */
public record UpdatesConfig(DataSize rate, Optional<QuietHours> quiet, boolean plainHttp) {
  private static final String QUIET = "updates.quiet.hours";
  private static final Pattern HOURS =
      Pattern.compile("([01]\\d|2[0-3]):[0-5]\\d-([01]\\d|2[0-3]):[0-5]\\d");

  static UpdatesConfig read(SettingsReader settings) {
    return new UpdatesConfig(
        settings.size("updates.rate", new DataSize(0), DataSize.parse("100GB")),
        quiet(settings),
        settings.flag("updates.plain.http"));
  }

  private static Optional<QuietHours> quiet(SettingsReader settings) {
    String text = settings.text(QUIET, HOURS, "write them like 08:00-22:00");
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(QuietHours.parse(text, ZoneId.systemDefault()));
    } catch (IllegalArgumentException e) {
      settings.clash(QUIET, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** For the downloader. */
  public DownloadOptions options() {
    return DownloadOptions.USUAL
        .withPlainHttp(plainHttp)
        .withRate(rate.bytes())
        .withQuiet(quiet.orElse(null));
  }
}
