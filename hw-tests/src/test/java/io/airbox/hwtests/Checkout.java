package io.airbox.hwtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Where things are in the source tree that is tested. */
public final class Checkout {
  private static final Path ROOT =
      Path.of(System.getProperty("airbox.root", "..")).toAbsolutePath().normalize();

  private Checkout() {}

  /** A path below the repository's root. */
  public static Path path(String relative) {
    return ROOT.resolve(relative);
  }

  /** Twelve hex digits that are different when a file's content is. */
  static String digest(Path file) throws IOException {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(hash, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
