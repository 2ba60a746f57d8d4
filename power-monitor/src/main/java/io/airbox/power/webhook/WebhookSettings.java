package io.airbox.power.webhook;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whom to tell, and as whom.
 *
 * @param url {@code http} or {@code https}, without a user; its path may be a secret
 * @param secretFile holds in its first line what both sides know and requests are signed with;
 *     empty for requests without a signature
 * @param authority PEM certificates that the address's must go back to; empty for the JDK's
 * @param site names the fleet's part
 * @param box names this box, uniquely in its site
 * @param software the program and its version
 */
public record WebhookSettings(
    URI url,
    Optional<Path> secretFile,
    Optional<Path> authority,
    String site,
    String box,
    String software) {
  public WebhookSettings {
    if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
        || url.getHost() == null
        || url.getUserInfo() != null
        || url.getFragment() != null) {
      throw new IllegalArgumentException("the webhook is no address of http or https");
    }
  }

  /** The address as far as it is no secret. */
  public String place() {
    return url.getScheme() + "://" + url.getAuthority();
  }
}
