package io.airbox.daemon.updates;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that came to an end with a pack that is installed by release.
 *
 * @param number counts up from 1
 * @param at when
 * @param pack the pack's name
 * @param version the release's version
 * @param place where it came from; null for what came from nowhere
 * @param outcome what came of it
 * @param why in words; null where the outcome says all
 */
public record UpdateEntry(
    long number,
    Instant at,
    String pack,
    String version,
    @Nullable String place,
    End outcome,
    @Nullable String why) {
  /** How it ended. */
  public enum End {
    /** It answers. */
    INSTALLED("installed"),
    /** It failed its trial; what answered before goes on. */
    TAKEN_BACK("taken_back"),
    /** Its source has not what was signed, or nothing. */
    REFUSED("refused"),
    /** Somebody called it off. */
    CANCELLED("cancelled"),
    /** Somebody went back to it. */
    ROLLED_BACK("rolled_back"),
    /** Somebody removed it. */
    REMOVED("removed");

    private final String id;

    End(String id) {
      this.id = id;
    }

    /** Its name in JSON. */
    public String id() {
      return id;
    }

    static End of(String id) {
      for (End each : values()) {
        if (each.id.equals(id)) {
          return each;
        }
      }
      throw new IllegalArgumentException("no such end: " + id);
    }
  }

  JsonObject json() {
    return new JsonObject()
        .put("number", number)
        .put("at", at.toString())
        .put("pack", pack)
        .put("version", version)
        .put("place", place)
        .put("outcome", outcome.id())
        .put("why", why);
  }

  /**
   * @throws RuntimeException it is none
   */
  static UpdateEntry of(JsonObject json) {
    return new UpdateEntry(
        json.getLong("number"),
        Instant.parse(json.getString("at")),
        json.getString("pack"),
        json.getString("version"),
        json.getString("place"),
        End.of(json.getString("outcome")),
        json.getString("why"));
  }
}
