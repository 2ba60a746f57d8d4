package io.airbox.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** The version of this program. */
public final class Version {
  private Version() {}

  /** Such as {@code 0.1.0}; {@code development} when run from classes. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** When it was built, which is a time that has passed for sure. */
  public static Instant built() {
    try (InputStream in = Version.class.getResourceAsStream("/io/airbox/helper/build-time")) {
      if (in == null) {
        throw new IllegalStateException("io/airbox/helper/build-time is missing from the jar");
      }
      return Instant.parse(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
