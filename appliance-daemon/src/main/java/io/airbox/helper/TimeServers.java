package io.airbox.helper;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Servers that systemd-timesyncd asks for the time, before those of DHCP and of its own settings.
 *
 * @param names host names or addresses; none for what the system asks by itself
 */
record TimeServers(List<String> names) {
  static final int MOST = 8;

  private static final Pattern NAME =
      Pattern.compile(
          "(?!.{254})[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
              + "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*|[0-9a-fA-F]*:[0-9a-fA-F:.]{1,40}");

  /** Keeps the list unchangeable. */
  TimeServers {
    names = List.copyOf(names);
  }

  /**
   * Reads names with single spaces between them.
   *
   * @throws RefusedException one of them is none
   */
  static TimeServers parse(String field, String text) throws RefusedException {
    if (text.isEmpty()) {
      return new TimeServers(List.of());
    }
    List<String> names = List.of(text.split(" ", -1));
    if (names.size() > MOST) {
      throw new RefusedException(field, "are more than " + MOST);
    }
    for (String name : names) {
      if (!NAME.matcher(name).matches()) {
        throw new RefusedException(
            field,
            "has something that is neither a host name nor an address, such as ntp.example.org");
      }
    }
    return new TimeServers(names);
  }

  /** The content of a drop-in of {@code timesyncd.conf(5)}. */
  String file() {
    return "# written by airbox-helper\n[Time]\n"
        + (names.isEmpty() ? "" : "NTP=" + String.join(" ", names) + "\n");
  }
}
