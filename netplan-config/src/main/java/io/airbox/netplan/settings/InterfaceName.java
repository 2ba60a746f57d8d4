package io.airbox.netplan.settings;

import io.airbox.netplan.NetplanException;
import java.util.regex.Pattern;

/** Names of network interfaces. */
public final class InterfaceName {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,14}");

  private InterfaceName() {}

  /** Whether Linux and every file that netplan writes take the name; at most 15 letters. */
  public static boolean isValid(String text) {
    // "." and ".." cannot match; "all" and "default" are folders in /proc/sys/net/*/conf
    return NAME.matcher(text).matches() && !text.equals("all") && !text.equals("default");
  }

  /**
   * @throws NetplanException {@code INVALID_VALUE} when the name is not valid
   */
  public static String require(String text) {
    if (!isValid(text)) {
      throw NetplanException.invalid(
          "name",
          NetplanException.quoted(text)
              + " is no interface name; use a letter and up to 14 letters, digits, '.', '_' or '-'");
    }
    return text;
  }
}
