package io.airbox.generation.pack;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as lower-case hex. */
final class Sha256 {
  private static final int BLOCK = 1 << 18;

  private Sha256() {}

  static String of(byte[] bytes) {
    return HexFormat.of().formatHex(algorithm().digest(bytes));
  }

  static String of(Path file) throws IOException {
    MessageDigest digest = algorithm();
    byte[] block = new byte[BLOCK];
    // not a channel: an interrupt of the thread that makes a picture must not look like a bad file
    try (InputStream in = new FileInputStream(file.toFile())) {
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        digest.update(block, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest algorithm() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
