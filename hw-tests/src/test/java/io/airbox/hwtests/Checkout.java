package io.airbox.hwtests;

import java.nio.file.Path;

/** Where things are in the source tree that is tested. */
public final class Checkout {
  private static final Path ROOT =
      Path.of(System.getProperty("airbox.root", "..")).toAbsolutePath().normalize();

  private Checkout() {}

  /** A path below the repository's root. */
  public static Path path(String relative) {
    return ROOT.resolve(relative);
  }
}
