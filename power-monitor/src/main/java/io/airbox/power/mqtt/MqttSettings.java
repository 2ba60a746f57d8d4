package io.airbox.power.mqtt;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which broker, and how.
 *
 * @param broker {@code tcp://HOST:PORT} or {@code ssl://HOST:PORT}
 * @param site names the fleet's part, and Sparkplug's group
 * @param box names this box, uniquely in its site
 * @param user for the broker; empty for none
 * @param passwordFile holds the password in its first line
 * @param authority PEM certificates that the broker's must go back to; empty for the JDK's
 * @param certificate PEM chain of the box for brokers that ask for one
 * @param key its PEM key, PKCS #8
 * @param keepAlive how long the broker waits for a word, 1 s or more
 * @param interval between two states, 1 s or more
 * @param primaryHost the Sparkplug host to wait for; empty for none
 * @param discovery Home Assistant's prefix
 */
public record MqttSettings(
    URI broker,
    Set<Layout> layouts,
    String site,
    String box,
    Optional<String> user,
    Optional<Path> passwordFile,
    Optional<Path> authority,
    Optional<Path> certificate,
    Optional<Path> key,
    Duration keepAlive,
    Duration interval,
    Optional<String> primaryHost,
    String discovery) {
  /** What sites and boxes may be called: part of a topic, an object id, and a folder's name. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  public MqttSettings {
    layouts = Set.copyOf(layouts);
    if (!NAME.matcher(site).matches() || !NAME.matcher(box).matches()) {
      throw new IllegalArgumentException("site \"" + site + "\" or box \"" + box + "\" is no name");
    }
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("a certificate and its key go together");
    }
  }

  boolean encrypted() {
    return "ssl".equals(broker.getScheme());
  }
}
