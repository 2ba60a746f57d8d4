package io.airbox.generation.memory;

import io.airbox.generation.Message;

/** Sizes for people: {@code 812 bytes}, {@code 40.2 MiB}, {@code 2.40 GiB}. */
final class ByteText {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  private ByteText() {}

  static String of(long bytes) {
    if (bytes >= GIB) {
      return Message.of("%.2f GiB", (double) bytes / GIB);
    }
    return bytes >= MIB ? Message.of("%.1f MiB", (double) bytes / MIB) : bytes + " bytes";
  }
}
