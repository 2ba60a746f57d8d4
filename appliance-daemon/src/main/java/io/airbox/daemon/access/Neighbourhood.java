package io.airbox.daemon.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What counts as one address where tries are counted: an IPv4 address, or the 64 bits of an IPv6
 * network, for a machine there has as many addresses as it likes.
 */
final class Neighbourhood {
  /** Digits and colons only: no name that somebody would look up. */
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f]*:[0-9A-Fa-f:.]*");

  private static final int LONGEST = 64;

  private Neighbourhood() {}

  /**
   * The key to count by.
   *
   * @param address as the network says it, with or without an IPv6 zone
   */
  static String of(String address) {
    int zone = address.indexOf('%');
    String bare = zone < 0 ? address : address.substring(0, zone);
    if (bare.length() <= LONGEST && IPV6.matcher(bare).matches()) {
      try {
        byte[] bytes = InetAddress.getByName(bare).getAddress();
        // an IPv4 address in IPv6 form comes out as IPv4
        if (bytes.length == 4) {
          return InetAddress.getByAddress(bytes).getHostAddress();
        }
        return HexFormat.of().formatHex(bytes, 0, 8) + "::/64";
      } catch (UnknownHostException notOne) {
        return cut(address);
      }
    }
    return cut(address);
  }

  private static String cut(String address) {
    return address.length() <= LONGEST ? address : address.substring(0, LONGEST);
  }
}
