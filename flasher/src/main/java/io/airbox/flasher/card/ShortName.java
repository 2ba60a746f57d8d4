package io.airbox.flasher.card;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The eleven characters by which FAT knows a file, as Microsoft's "FAT: General Overview of On-Disk
 * Format" 1.03 makes them of a long name.
 *
 * @param text eight and three characters, upper case, filled up with blanks
 * @param caseBits which of the two parts is shown in lower case (8 and 16), as Windows NT marks it
 * @param whole whether this is the whole name, so that no long one is needed
 */
record ShortName(String text, int caseBits, boolean whole) {
  private static final int BASE = 8;
  private static final int EXTENSION = 3;
  private static final int SMALL_BASE = 8;
  private static final int SMALL_EXTENSION = 16;
  private static final Pattern PLAIN =
      Pattern.compile(
          "([A-Za-z0-9!#$%&'()@^_`{}~-]{1,8})(?:\\.([A-Za-z0-9!#$%&'()@^_`{}~-]{1,3}))?");
  private static final Pattern FOREIGN = Pattern.compile("[^A-Z0-9!#$%&'()@^_`{}~-]");

  /**
   * The short name of a file.
   *
   * @param taken texts of the folder's other files; this one is added
   */
  static ShortName of(String name, Set<String> taken) {
    var plain = PLAIN.matcher(name);
    if (plain.matches()) {
      String base = plain.group(1);
      String extension = plain.group(2) == null ? "" : plain.group(2);
      String text = text(base.toUpperCase(Locale.ROOT), extension.toUpperCase(Locale.ROOT));
      boolean whole = oneCase(base) && oneCase(extension);
      if (taken.add(text)) {
        int bits = (small(base) ? SMALL_BASE : 0) | (small(extension) ? SMALL_EXTENSION : 0);
        return new ShortName(text, whole ? bits : 0, whole);
      }
    }
    String upper = name.toUpperCase(Locale.ROOT);
    int dot = upper.lastIndexOf('.');
    String base = clean(dot > 0 ? upper.substring(0, dot) : upper);
    String extension = clean(dot > 0 ? upper.substring(dot + 1) : "");
    for (int number = 1; ; number++) {
      String tail = "~" + number;
      String head = base.substring(0, Math.min(base.length(), BASE - tail.length()));
      String text =
          text(head + tail, extension.substring(0, Math.min(extension.length(), EXTENSION)));
      if (taken.add(text)) {
        return new ShortName(text, 0, false);
      }
    }
  }

  private static String clean(String part) {
    return FOREIGN.matcher(part.replace(" ", "").replace(".", "")).replaceAll("_");
  }

  private static String text(String base, String extension) {
    return String.format(Locale.ROOT, "%-8s%-3s", base, extension);
  }

  private static boolean small(String part) {
    return !part.equals(part.toUpperCase(Locale.ROOT));
  }

  private static boolean oneCase(String part) {
    return !small(part) || part.equals(part.toLowerCase(Locale.ROOT));
  }

  byte[] bytes() {
    return Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), BASE + EXTENSION);
  }

  /** By it, the parts of a long name belong to this one. */
  byte checksum() {
    int sum = 0;
    for (byte each : bytes()) {
      sum = ((sum & 1) << 7) + ((sum & 0xFF) >> 1) + (each & 0xFF);
    }
    return (byte) sum;
  }
}
