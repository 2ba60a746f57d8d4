package io.airbox.power.mqtt;

import io.airbox.power.Ticker;
import java.time.Duration;
import java.util.Optional;

/** Whether another machine says that it is this box. Any thread may use it. */
final class Rivals {
  private static final long REMEMBERED = Duration.ofMinutes(10).toNanos();
  private static final int LONGEST = 64;

  private final MqttSettings settings;
  private final String instance;
  private final Ticker ticker;
  private volatile Optional<Rival> rival = Optional.empty();

  private record Rival(String instance, long seenAt) {}

  Rivals(MqttSettings settings, String instance, Ticker ticker) {
    this.settings = settings;
    this.instance = instance;
    this.ticker = ticker;
  }

  /** Which installation this is. */
  String instance() {
    return instance;
  }

  /**
   * Hears of an installation of this name, maybe this one.
   *
   * @return whether that is a rival that was not known, who should hear of this one too
   */
  boolean heard(String other) {
    if (other.equals(instance) || other.length() > LONGEST) {
      return false;
    }
    boolean known = told().isPresent();
    rival = Optional.of(new Rival(other.replaceAll("[^A-Za-z0-9]", "?"), ticker.nanos()));
    return !known;
  }

  /** Why the box should have another name, for people; empty while it is alone. */
  Optional<String> told() {
    return rival
        .filter(each -> ticker.nanos() - each.seenAt() < REMEMBERED)
        .map(
            each ->
                "another machine (instance "
                    + each.instance()
                    + ") is "
                    + settings.site()
                    + "/"
                    + settings.box()
                    + " too; give one of them another mqtt.box");
  }
}
