package io.airbox.sophon.facts;

import java.nio.file.Path;

/** The tree of a box in this repository, for {@code --sysroot} and for tests. */
public final class RecordedBox {
  private RecordedBox() {}

  /** An AirBox with libsophon 0.5.1 and files that only root may read; its README tells more. */
  public static Path airbox() {
    String checkout = System.getProperty("airbox.root", "..");
    return Path.of(checkout, "sophon-jni/src/test/box/airbox").toAbsolutePath().normalize();
  }
}
