package io.airbox.helper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** When this program was built, as the build wrote it beside the classes. */
final class BuildTime {
  private BuildTime() {}

  static Instant read() {
    try (InputStream in = BuildTime.class.getResourceAsStream("build-time")) {
      if (in == null) {
        throw new IllegalStateException("io/airbox/helper/build-time is missing from the jar");
      }
      return Instant.parse(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
