package io.airbox.ota.store;

import io.airbox.ota.document.Moments;
import io.airbox.ota.document.StrictJson;
import io.airbox.ota.release.ReleaseCheck.Accepted;
import org.jspecify.annotations.Nullable;

/**
 * A release in a slot.
 *
 * @param edition name of its folder: the version, and 12 hex digits of the signed bytes' SHA-256
 * @param version for people
 * @param counter its number
 * @param authority who signed it
 * @param bytes the sum of its files' sizes, some of which it may share with others
 * @param place where its files came from
 * @param since when it was taken into the store, ISO 8601 in UTC by the box's clock
 * @param present whether its files are here; if not, they were given up for another release
 */
public record Installed(
    String edition,
    String version,
    long counter,
    String authority,
    long bytes,
    String place,
    String since,
    boolean present) {
  public Installed(
      @Nullable String edition,
      @Nullable String version,
      long counter,
      @Nullable String authority,
      long bytes,
      @Nullable String place,
      @Nullable String since,
      boolean present) {
    this.edition = StrictJson.required(edition, "edition");
    this.version = StrictJson.required(version, "version");
    this.counter = counter;
    this.authority = StrictJson.required(authority, "authority");
    this.bytes = bytes;
    this.place = StrictJson.required(place, "place");
    this.since = Moments.checked(since, "since");
    this.present = present;
  }

  /** What the folder of a release is called. */
  public static String edition(Accepted accepted) {
    return accepted.release().version() + "-" + accepted.mark().digest().substring(0, 12);
  }

  Installed withoutFiles() {
    return new Installed(edition, version, counter, authority, bytes, place, since, false);
  }
}
