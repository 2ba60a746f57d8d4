package io.airbox.daemon.config;

import io.airbox.power.mqtt.Layout;
import io.airbox.power.mqtt.MqttSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which broker is told how the box does.
 *
 * @param broker null for none
 * @param box null for the machine's host name
 * @param commandKey public key of those who may give orders that need a signature
 * @param updateOrigins scheme and authority, in lower case, of addresses that updates may be
 *     ordered from
 */
public record MqttConfig(
    @Nullable URI broker,
    Set<Layout> layouts,
    String site,
    @Nullable String box,
    Optional<String> user,
    Optional<Path> passwordFile,
    Optional<Path> authority,
    Optional<Path> certificate,
    Optional<Path> certificateKey,
    Duration keepAlive,
    Duration interval,
    Optional<String> primaryHost,
    String discovery,
    Optional<Path> commandKey,
    List<String> updateOrigins) {
  private static final Pattern BROKER =
      Pattern.compile("(tcp|ssl)://(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):\\d{1,5}");
  private static final Pattern ORIGINS =
      Pattern.compile("https?://[A-Za-z0-9._:\\[\\]-]+(\\s*,\\s*https?://[A-Za-z0-9._:\\[\\]-]+)*");
  private static final Pattern ANY = Pattern.compile("[^\\s/+#]{1,200}");
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_/-]{1,100}");
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final String NAMES = "use 1 to 64 letters, digits, - and _";

  private static List<String> origins(SettingsReader settings) {
    String text =
        settings.text(
            "mqtt.update.origins",
            ORIGINS,
            "write origins as https://models.example, separated by commas");
    return text == null
        ? List.of()
        : Stream.of(text.toLowerCase(Locale.ROOT).split(",")).map(String::strip).toList();
  }

  static MqttConfig read(SettingsReader settings) {
    String broker =
        settings.text("mqtt.broker", BROKER, "write tcp://HOST:PORT or ssl://HOST:PORT");
    List<String> known = Stream.of(Layout.values()).map(Layout::id).toList();
    Set<Layout> layouts = EnumSet.noneOf(Layout.class);
    List<String> wanted =
        settings.someOf("mqtt.layouts", "known are json, sparkplug and homeassistant", known);
    for (Layout layout : Layout.values()) {
      if (wanted.contains(layout.id())) {
        layouts.add(layout);
      }
    }
    String site = settings.text("mqtt.site", MqttSettings.NAME, NAMES);
    String discovery = settings.text("mqtt.discovery", PREFIX, "it is the beginning of a topic");
    Optional<Path> certificate = Optional.ofNullable(settings.path("mqtt.certificate"));
    Optional<Path> key = Optional.ofNullable(settings.path("mqtt.certificate.key"));
    if (certificate.isPresent() != key.isPresent()) {
      settings.clash("mqtt.certificate", "and mqtt.certificate.key go together: set both or none");
    }
    return new MqttConfig(
        broker == null ? null : URI.create(broker),
        layouts,
        site == null ? "home" : site,
        settings.text("mqtt.box", MqttSettings.NAME, NAMES),
        Optional.ofNullable(settings.text("mqtt.user", ANY, "it is a user's name")),
        Optional.ofNullable(settings.path("mqtt.password.file")),
        Optional.ofNullable(settings.path("mqtt.authority")),
        certificate,
        key,
        settings.duration("mqtt.keep.alive", LEAST, Duration.ofHours(1)),
        settings.duration("mqtt.interval", LEAST, Duration.ofHours(1)),
        Optional.ofNullable(
            settings.text("mqtt.primary.host", ANY, "it is the id of a Sparkplug host")),
        discovery == null ? "homeassistant" : discovery,
        Optional.ofNullable(settings.path("mqtt.command.key")),
        origins(settings));
  }

  /**
   * For the publisher; empty without a broker.
   *
   * @param hostName names the box when no setting does; what cannot be in a topic becomes a dash
   */
  public Optional<MqttSettings> settings(String hostName) {
    if (broker == null) {
      return Optional.empty();
    }
    return Optional.of(
        new MqttSettings(
            broker,
            layouts,
            site,
            box(hostName),
            user,
            passwordFile,
            authority,
            certificate,
            certificateKey,
            keepAlive,
            interval,
            primaryHost,
            discovery));
  }

  /** The box's name; the host's, when no setting tells it. */
  public String box(String hostName) {
    if (box != null) {
      return box;
    }
    String name = hostName.replaceAll("[^A-Za-z0-9_-]", "-");
    return name.isEmpty() ? "airbox" : name.substring(0, Math.min(64, name.length()));
  }
}
