package io.airbox.flasher.source;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** How a whole file is compressed, by its first bytes. */
enum Compression {
  NONE,
  GZIP,
  XZ;

  /** So that a hostile xz file cannot take all memory; xz -9 needs 65 MiB. */
  private static final int XZ_MEMORY_KIB = 192 * 1024;

  private static final int BUFFER = 1 << 16;
  private static final int XZ_FIRST = 0xFD;
  private static final String XZ_REST = "7zXZ";

  static Compression of(byte[] head) {
    if (head.length > 2 && head[0] == 0x1F && (head[1] & 0xFF) == 0x8B && head[2] == 8) {
      return GZIP;
    }
    if (head.length > XZ_REST.length() && (head[0] & 0xFF) == XZ_FIRST) {
      boolean same = true;
      for (int i = 0; i < XZ_REST.length(); i++) {
        same &= head[i + 1] == XZ_REST.charAt(i);
      }
      return same ? XZ : NONE;
    }
    return NONE;
  }

  /** Reads the file from its beginning, uncompressed. */
  InputStream open(Path path) throws IOException {
    InputStream file = new BufferedInputStream(Files.newInputStream(path), BUFFER);
    try {
      return switch (this) {
        case NONE -> file;
        case GZIP -> new GZIPInputStream(file, BUFFER);
        case XZ -> new XZInputStream(file, XZ_MEMORY_KIB);
      };
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }
}
