package io.airbox.daemon.config;

import io.airbox.power.webhook.WebhookSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which web address is told of alarms.
 *
 * @param url empty for none; may be a secret
 * @param secretFile holds what requests are signed with
 * @param authority certificates that the address's must go back to
 */
public record WebhookConfig(
    Optional<URI> url, Optional<Path> secretFile, Optional<Path> authority) {
  private static final String KEY = "alarms.webhook.url";
  private static final int MOST_PORT = 65535;
  private static final Pattern URL =
      Pattern.compile(
          "https?://(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+)(:\\d{1,5})?"
              + "(/([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?");

  static WebhookConfig read(SettingsReader settings) {
    String text =
        settings.text(KEY, URL, "write http://HOST/PATH or https://HOST/PATH, without a user");
    Optional<URI> url = Optional.ofNullable(text).map(URI::create);
    if (url.isPresent() && (url.get().getHost() == null || url.get().getPort() > MOST_PORT)) {
      settings.clash(KEY, "names no host and port that can be");
      url = Optional.empty();
    }
    return new WebhookConfig(
        url,
        Optional.ofNullable(settings.path("alarms.webhook.secret.file")),
        Optional.ofNullable(settings.path("alarms.webhook.authority")));
  }

  /** For the webhook; empty without an address. */
  public Optional<WebhookSettings> settings(String site, String box, String software) {
    return url.map(to -> new WebhookSettings(to, secretFile, authority, site, box, software));
  }
}
