package io.airbox.power.sensor;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Parts of ids, made of what the kernel or a vendor named. */
final class Name {
  private static final int LONGEST = 48;

  private final Set<String> given = new HashSet<>();

  /** Lower case letters, digits and dashes; {@code unnamed} when nothing is left. */
  static String of(String text) {
    String name =
        text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    if (name.isEmpty()) {
      return "unnamed";
    }
    return name.length() <= LONGEST ? name : name.substring(0, LONGEST).replaceAll("-$", "");
  }

  /** The same, with a number behind it when it was given before. */
  String unique(String text) {
    String name = of(text);
    String candidate = name;
    for (int i = 2; !given.add(candidate); i++) {
      candidate = name + "-" + i;
    }
    return candidate;
  }
}
