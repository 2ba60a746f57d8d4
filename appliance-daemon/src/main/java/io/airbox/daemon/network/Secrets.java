package io.airbox.daemon.network;

import java.util.regex.Pattern;

/** Hides passwords and keys in a difference that people look at and the history keeps. */
final class Secrets {
  /** netplan's names of what is secret, and those of the files that it makes. */
  private static final Pattern VALUE =
      Pattern.compile(
          "(?<![\\w-])(\"?(?:password|client-key-password|psk|private|private-key|shared|sim-pin|pin"
              + "|key|PrivateKey|PresharedKey|PrivateKeyFile|PresharedKeyFile|Password)\"?\\s*[:=][ \\t]*)"
              + "(?![{\\[]|[|>]?\\s*$)(?:\"(?:[^\"\\\\\\n]|\\\\.)*\"|'[^'\\n]*'|[^,}\\n]+)",
          Pattern.MULTILINE);

  private Secrets() {}

  /** The same lines, with … for what is secret. */
  static String hidden(String diff) {
    return VALUE.matcher(diff).replaceAll("$1…");
  }
}
