package io.airbox.helper;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A host name: one label of RFC 1123, at most 63 of the letters, digits and hyphens of ASCII, with
 * no hyphen at either end.
 */
record Hostname(String text) {
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

  /** Debian's address for the machine's own name. */
  private static final String OWN = "127.0.1.1";

  private static final String LOOPBACK = "127.0.0.1";

  /**
   * Checks a name.
   *
   * @throws RefusedException it is none
   */
  static Hostname parse(String field, String text) throws RefusedException {
    if (!LABEL.matcher(text).matches()) {
      throw new RefusedException(
          field,
          "is not a host name: 1 to 63 letters (a-z), digits and hyphens, no hyphen at either end,"
              + " such as airbox-2");
    }
    if (text.toLowerCase(Locale.ROOT).equals("localhost")) {
      throw new RefusedException(field, "localhost is the name of every machine to itself");
    }
    return new Hostname(text);
  }

  /** The content of {@code /etc/hostname}. */
  String file() {
    return text + "\n";
  }

  /**
   * A hosts file in which the machine's own line has this name and everything else stays.
   *
   * @param hosts the file as it is; empty if there is none
   */
  String in(String hosts) {
    String own = OWN + "\t" + text;
    List<String> lines =
        new ArrayList<>(
            hosts.isEmpty() ? List.of(LOOPBACK + "\tlocalhost") : hosts.lines().toList());
    int place = indexOf(lines, OWN);
    if (place >= 0) {
      lines.set(place, own);
    } else {
      lines.add(indexOf(lines, LOOPBACK) + 1, own);
    }
    return String.join("\n", lines) + "\n";
  }

  private static int indexOf(List<String> lines, String address) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().split("\\s+", 2)[0].equals(address)) {
        return i;
      }
    }
    return -1;
  }
}
