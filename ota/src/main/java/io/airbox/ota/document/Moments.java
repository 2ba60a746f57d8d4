package io.airbox.ota.document;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Points in time as text. */
public final class Moments {
  private Moments() {}

  /** The text of a member, when it is a time as {@link Instant#toString} writes it. */
  public static String checked(@Nullable String text, String pointer) {
    String given = StrictJson.required(text, pointer);
    boolean holds;
    try {
      holds = Instant.parse(given).toString().equals(given);
    } catch (DateTimeException e) {
      holds = false;
    }
    StrictJson.require(holds, pointer, given, "must be a time in UTC like 2027-06-30T12:00:00Z");
    return given;
  }
}
