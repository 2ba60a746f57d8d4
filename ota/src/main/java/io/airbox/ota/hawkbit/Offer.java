package io.airbox.ota.hawkbit;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.airbox.ota.document.StrictJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the server says to a poll. Of its documents only what is needed is read, and that strictly:
 * newer servers add members.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Offer(@Nullable Config config, @JsonProperty("_links") Map<String, Link> links) {
  static final String DEPLOYMENT = "deploymentBase";
  static final String CANCEL = "cancelAction";
  static final String CONFIRMATION = "confirmationBase";
  static final String INSTALLED = "installedBase";
  static final String CONFIG_DATA = "configData";

  private static final Duration USUAL = Duration.ofMinutes(5);
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Pattern SLEEP = Pattern.compile("(\\d{1,4}):([0-5]\\d):([0-5]\\d)");

  /** How the box is to behave. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Config(@Nullable Polling polling) {}

  /** How often it asks. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Polling(@Nullable String sleep) {}

  /** An address. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Link(String href) {
    Link(@Nullable String href) {
      this.href = StrictJson.required(href, "/_links/href");
    }
  }

  Offer(@Nullable Config config, @Nullable Map<String, Link> links) {
    this.config = config;
    this.links = links == null ? Map.of() : Map.copyOf(links);
  }

  Optional<String> link(String name) {
    return Optional.ofNullable(links.get(name)).map(Link::href);
  }

  /** Whether an action, by its id, is among what there is to do. */
  boolean names(String action) {
    return List.of(DEPLOYMENT, CANCEL, CONFIRMATION).stream()
        .flatMap(name -> link(name).stream())
        .anyMatch(href -> href.replaceFirst("\\?.*", "").endsWith("/" + action));
  }

  /** How long until the next poll. */
  Duration sleep() {
    String text = config == null || config.polling() == null ? null : config.polling().sleep();
    if (text == null) {
      return USUAL;
    }
    Matcher matcher = SLEEP.matcher(text);
    StrictJson.require(
        matcher.matches(), "/config/polling/sleep", text, "must be hours:minutes:seconds");
    Duration asked =
        Duration.ofHours(Integer.parseInt(matcher.group(1)))
            .plusMinutes(Integer.parseInt(matcher.group(2)))
            .plusSeconds(Integer.parseInt(matcher.group(3)));
    return asked.compareTo(SHORTEST) < 0
        ? SHORTEST
        : asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
  }

  /** An order to stop an action. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Cancel(String id, Stop cancelAction) {
    Cancel(@Nullable String id, @Nullable Stop cancelAction) {
      this.id = Order.actionId(id);
      this.cancelAction = StrictJson.required(cancelAction, "/cancelAction");
    }

    String stopId() {
      return cancelAction.stopId();
    }
  }

  /** Which action. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Stop(String stopId) {
    Stop(@Nullable String stopId) {
      this.stopId = Order.actionId(stopId);
    }
  }

  /** A deployment that wants to be confirmed first. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Confirmation(String id) {
    Confirmation(@Nullable String id) {
      this.id = Order.actionId(id);
    }
  }
}
