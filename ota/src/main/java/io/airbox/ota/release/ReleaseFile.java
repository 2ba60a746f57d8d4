package io.airbox.ota.release;

import io.airbox.ota.document.StrictJson;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file of a release.
 *
 * @param path below the pack's folder: up to 8 names of {@code [A-Za-z0-9_][A-Za-z0-9._+-]{0,99}}
 *     with slashes between, which are harmless on every file system
 * @param size in bytes; a download ends there
 * @param sha256 of its bytes, 64 lower-case hex digits
 */
public record ReleaseFile(String path, long size, String sha256) {
  private static final Pattern PATH =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9._+-]{0,99}){0,7}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public ReleaseFile(@Nullable String path, long size, @Nullable String sha256) {
    String place = StrictJson.required(path, "path");
    StrictJson.require(
        PATH.matcher(place).matches(),
        "path",
        place,
        "must be names of letters, digits and ._+- with slashes between, within the pack");
    StrictJson.require(size >= 0, "size", size, "must not be negative");
    String digest = StrictJson.required(sha256, "sha256");
    StrictJson.require(
        SHA256.matcher(digest).matches(), "sha256", digest, "must be 64 lower-case hex digits");
    this.path = place;
    this.size = size;
    this.sha256 = digest;
  }
}
